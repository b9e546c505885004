import { constants } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { RunningTarget, StoppedTarget } from '../../model/ports.ts';
import type { ResourceScope, TargetAddress, TargetExit, TargetSpec } from '../../model/target.ts';
import { LOG_TAIL_LINES, LogRing } from '../log-ring.ts';
import { cgroupHolds } from '../proc/processes.ts';
import { loopbackListeners } from '../proc/sockets.ts';
import { holds, signalProcess } from '../process/stop-group.ts';
import type { DockerEngine } from './engine.ts';
import { describeMemoryEvents, memoryCgroup, readMemoryEvents } from './memory-events.ts';

const LOG_DRAIN_MS = 200;
const GONE_POLL_MS = 200;
const PORT_PATIENCE_MS = 2_000;

export interface ContainerTarget {
  spec: TargetSpec;
  address: TargetAddress;
  nonce: string;
  argv: readonly string[];
  containerId: string;
  initPid: number;
}

export interface ContainerTools {
  engine: DockerEngine;
  clock: Clock;
  graceMs: number;
}

/** A container that was started, with everything needed to watch and to end it. */
export function runningContainer(container: ContainerTarget, tools: ContainerTools): RunningTarget {
  const { spec, address, nonce, argv, containerId, initPid } = container;
  const log = new LogRing();
  const logged = tools.engine.followLogs(containerId, (chunk) => log.push(chunk)).catch(() => undefined);
  const cgroup = memoryCgroup(initPid);
  const scope: ResourceScope = { kind: 'container', containerId, initPid };
  const exited = watchExit(container, tools, logged);
  let stopping: Promise<StoppedTarget> | null = null;
  const stop = async (): Promise<StoppedTarget> => {
    // The kernel forgets with the container: what it counted is read first.
    const events = cgroup === null ? null : readMemoryEvents(cgroup);
    if (events !== null && events.oomKills > 0) log.push(Buffer.from(describeMemoryEvents(events)));
    const stopped = await stopContainer(container, exited, tools);
    const oomKilled = stopped.exit.oomKilled || (events?.oomKills ?? 0) > 0;
    return { ...stopped, exit: { ...stopped.exit, oomKilled } };
  };
  return {
    spec,
    launcher: 'docker',
    address,
    nonce,
    argv,
    scope,
    exited,
    logTail: () => log.lastLines(LOG_TAIL_LINES),
    stop: () => (stopping ??= stop()),
  };
}

/** Resolves with how the container ended, its last log lines read; an engine that drops out is outlived by looking at the process. */
async function watchExit(
  { containerId, initPid }: ContainerTarget,
  { engine, clock }: ContainerTools,
  logged: Promise<void>,
): Promise<TargetExit> {
  try {
    await engine.wait(containerId);
    const { ExitCode, OOMKilled } = await engine.inspect(containerId);
    await Promise.race([logged, clock.sleep(LOG_DRAIN_MS)]);
    return { exitCode: ExitCode, signal: signalOf(ExitCode), oomKilled: OOMKilled };
  } catch {
    while (cgroupHolds(initPid, containerId)) await clock.sleep(GONE_POLL_MS);
    return { exitCode: null, signal: null, oomKilled: false };
  }
}

/** The engine reports an end by signal as 128 + its number. */
function signalOf(exitCode: number): string | null {
  const entry = Object.entries(constants.signals).find(([, number]) => exitCode === 128 + number);
  return entry?.[0] ?? null;
}

async function stopContainer(
  container: ContainerTarget,
  exited: Promise<TargetExit>,
  { engine, clock, graceMs }: ContainerTools,
): Promise<StoppedTarget> {
  await signalContainer(container, engine, 'SIGTERM');
  const obeyed = await Promise.race([exited.then(() => true), clock.sleep(graceMs).then(() => false)]);
  if (!obeyed) await signalContainer(container, engine, 'SIGKILL');
  const exit = await exited;
  // Where the engine is gone the container stays for the sweep of the next start.
  await engine.remove(container.containerId).catch(() => undefined);
  await holds(() => (loopbackListeners(container.address.port) ?? []).length === 0, PORT_PATIENCE_MS, clock);
  return { exit, killed: !obeyed };
}

/** Through the engine, or where that fails, straight to the container's first process while it still is that. */
async function signalContainer(
  container: ContainerTarget,
  engine: DockerEngine,
  signal: NodeJS.Signals,
): Promise<void> {
  const { containerId, initPid } = container;
  try {
    await engine.signal(containerId, signal);
  } catch {
    if (initPid > 0 && cgroupHolds(initPid, containerId)) signalProcess(initPid, signal);
  }
}
