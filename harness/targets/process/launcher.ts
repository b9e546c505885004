import { isAbsolute, join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { spawnChild } from '../../base/subprocess.ts';
import type {
  LaunchOptions,
  LaunchOutcome,
  Launcher,
  RunningTarget,
  StoppedTarget,
} from '../../model/ports.ts';
import type { TargetAddress, TargetExit, TargetSpec } from '../../model/target.ts';
import { artifactState } from '../build.ts';
import { describeTarget, hashOfWhatRuns } from '../describe.ts';
import { LOG_TAIL_LINES, LogRing } from '../log-ring.ts';
import { ENV_NONCE, ENV_OWNER, ENV_SESSION, thisOwner } from '../owner.ts';
import { portInUse } from '../port-in-use.ts';
import { missingTool } from '../toolchains.ts';
import { freeLoopbackPort } from './free-port.ts';
import { stopGroup } from './stop-group.ts';
import { sweepProcesses } from './sweep.ts';

export interface ProcessLauncherOptions {
  pickPort?: () => Promise<number>;
  /** Between SIGTERM and SIGKILL. */
  graceMs?: number;
  clock?: Clock;
}

const HOST = '127.0.0.1';
const GRACE_MS = 2_000;
/** Starts targets as processes of this machine, from the artifacts that the build left. */
export function createProcessLauncher(options: ProcessLauncherOptions = {}): Launcher {
  const { pickPort = freeLoopbackPort, graceMs = GRACE_MS, clock = systemClock } = options;
  return {
    id: 'process',
    unavailable: async (spec) => {
      const state = await artifactState(spec);
      if (state.kind === 'ready' || state.kind === 'none-needed') return null;
      return missingTool(spec.build?.needs ?? []) ?? `${state.why}: npm run build:servers`;
    },
    describe: async (spec) => describeTarget(spec, 'process', await hashOfWhatRuns(spec)),
    launch: async (spec, launch) => {
      const address: TargetAddress = { host: HOST, port: await pickPort() };
      const inUse = portInUse(address.port);
      if (inUse !== null) return { kind: 'failed', reason: inUse, logTail: [], argv: recordedArgv(spec) };
      return start(spec, launch, address, { graceMs, clock });
    },
    sweep: () => sweepProcesses(clock),
  };
}

/** The argument vector of a target: `node` is the binary that runs httpdyno, paths stand in the target's folder. */
export function argvOf(spec: TargetSpec): string[] {
  const [head = '', ...rest] = spec.run.command;
  if (head === 'node') return [process.execPath, ...rest];
  return [head.includes('/') && !isAbsolute(head) ? join(spec.folder, head) : head, ...rest];
}

/** What a record says of it: the same on every machine, as the target's file has it, relative to the target's folder. */
function recordedArgv(spec: TargetSpec): string[] {
  return [...spec.run.command];
}

/** All that a target sees: the contract, its own settings, our labels, and where programs and homes are found. */
function environmentFor(
  spec: TargetSpec,
  launch: LaunchOptions,
  address: TargetAddress,
): Record<string, string> {
  const { PATH, HOME } = process.env;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...spec.run.env,
    HOST: address.host,
    PORT: String(address.port),
    WORKERS: String(launch.workers),
    [ENV_NONCE]: launch.nonce,
    [ENV_SESSION]: launch.sessionId,
    [ENV_OWNER]: thisOwner(),
  };
}

function start(
  spec: TargetSpec,
  launch: LaunchOptions,
  address: TargetAddress,
  settings: { graceMs: number; clock: Clock },
): LaunchOutcome {
  const [file = '', ...args] = argvOf(spec);
  const log = new LogRing();
  const child = spawnChild(file, args, {
    onOutput: (chunk) => log.push(chunk),
    cpus: launch.cpus,
    env: environmentFor(spec, launch, address),
    cwd: spec.folder,
  });
  if (!('exited' in child)) {
    const reason = {
      code: 'TARGET_UNAVAILABLE' as const,
      detail: child.spawnError ?? `cannot start ${file}`,
    };
    return { kind: 'failed', reason, logTail: [], argv: recordedArgv(spec) };
  }
  const exited = child.exited.then(
    ({ exitCode, signal }): TargetExit => ({ exitCode, signal, oomKilled: false }),
  );
  let stopping: Promise<StoppedTarget> | null = null;
  const target: RunningTarget = {
    spec,
    launcher: 'process',
    address,
    nonce: launch.nonce,
    argv: recordedArgv(spec),
    scope: { kind: 'process-group', leaderPid: child.pid },
    exited,
    logTail: () => log.lastLines(LOG_TAIL_LINES),
    stop: () => (stopping ??= stopGroup(target, child, settings)),
  };
  return { kind: 'running', target };
}
