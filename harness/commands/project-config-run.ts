import { existsSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { US_PER_MS } from '../base/units.ts';
import type { Launcher, Readiness, RunningTarget, TargetProbe } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { LauncherId, TargetSpec } from '../model/target.ts';
import { DockerEngine, engineSocket } from '../targets/docker/engine.ts';
import { createDockerLauncher } from '../targets/docker/launcher.ts';
import { freeLoopbackPort } from '../targets/process/free-port.ts';
import { createProcessLauncher } from '../targets/process/launcher.ts';
import { type ReadinessRule, waitUntilReady } from '../targets/readiness.ts';
import { runChecks } from '../targets/verify/check.ts';
import { exactResponse } from '../targets/verify/content-checks.ts';
import { exchange, WireError } from '../targets/wire/connection.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import type { OwnProject, OwnTarget } from './project-config.ts';

/** Whose socket it is says who answers: an own server shows no witness. */
const OWNED_SOCKET: ReadinessRule = { path: null, status: 200, body: null, witness: false };
const SERVER_ERROR = 500;
const POLL_MS = 20;
const ASK_TIMEOUT_MS = 1_000;
const HOST = '127.0.0.1';

/** A launcher that tells a server its address in its own words: `{port}` and `{host}` in its command and variables. */
export function ownLauncher(id: LauncherId, clock: Clock): Launcher {
  const withPort = async (port: number): Promise<Launcher> =>
    id === 'process'
      ? createProcessLauncher({ clock, pickPort: async () => port })
      : createDockerLauncher({
          engine: new DockerEngine(await engineSocket()),
          clock,
          pickPort: async () => port,
        });
  const any = withPort(0);
  return {
    id,
    unavailable: async (spec) => ownObstacle(spec, id) ?? (await any).unavailable(spec),
    describe: async (spec) => (await any).describe(spec),
    launch: async (spec, options) => {
      const port = await freeLoopbackPort();
      return (await withPort(port)).launch(addressed(spec, port), options);
    },
    sweep: async () => (await any).sweep(),
  };
}

function ownObstacle(spec: TargetSpec, id: LauncherId): string | null {
  if (!existsSync(spec.folder)) return `its folder ${spec.folder} does not exist`;
  if (id === 'process' && spec.image !== null && spec.run.command[0] === 'true') {
    return `${spec.id} is an image and needs a container engine`;
  }
  return null;
}

function addressed(spec: TargetSpec, port: number): TargetSpec {
  const fill = (text: string): string => text.replaceAll('{port}', String(port)).replaceAll('{host}', HOST);
  const env = Object.fromEntries(Object.entries(spec.run.env).map(([name, value]) => [name, fill(value)]));
  return { ...spec, run: { command: spec.run.command.map(fill), env } };
}

/** Ready is an own server whose socket is its own and that answers below 500; it is held to its scenarios, not to our contract. */
export function ownProbe(clock: Clock, readyPathOf: (spec: TargetSpec) => string): TargetProbe {
  return {
    waitUntilReady: async (target, deadlineMs, signal) => {
      const listening = await waitUntilReady(target, deadlineMs, { rule: OWNED_SOCKET, clock }, signal);
      if (listening.kind === 'failed') return listening;
      return untilAnswered(target, readyPathOf(target.spec), { ...listening, deadlineMs }, clock, signal);
    },
    verifyScenario: (target, scenario, signal) => runChecks([exactResponse(scenario)], target, clock, signal),
  };
}

async function untilAnswered(
  target: RunningTarget,
  path: string,
  { afterMs, deadlineMs }: { afterMs: number; deadlineMs: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<Readiness> {
  const startUs = clock.monotonicUs();
  for (;;) {
    const elapsedMs = afterMs + (clock.monotonicUs() - startUs) / US_PER_MS;
    const answer = await statusOf(target, path);
    if (typeof answer === 'number' && answer < SERVER_ERROR) return { kind: 'ready', afterMs: elapsedMs };
    if (elapsedMs > deadlineMs || signal.aborted) {
      const detail = `after ${deadlineMs} ms: GET ${path}: ${answer}`;
      return { kind: 'failed', reason: { code: 'READY_TIMEOUT', detail } };
    }
    await clock.sleep(POLL_MS);
  }
}

async function statusOf(target: RunningTarget, path: string): Promise<number | string> {
  try {
    const request = { method: 'GET', path, headers: { connection: 'close' } };
    return (await exchange(target.address, request, { timeoutMs: ASK_TIMEOUT_MS })).status;
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

/** The adapters for a project, whether it has servers of its own or none. */
export async function projectAdapters(context: CommandContext, own: OwnProject | null): Promise<Adapters> {
  const adapters = await createAdapters(context);
  return own === null ? adapters : withOwnTargets(adapters, own, context.clock);
}

/** The adapters of a project that has servers of its own: these stand beside, and before, the ones that ship with httpdyno. */
export function withOwnTargets(adapters: Adapters, own: OwnProject, clock: Clock): Adapters {
  const byId = new Map(own.targets.map((target) => [target.spec.id, target]));
  const probe = ownProbe(clock, (spec) => byId.get(spec.id)?.readyPath ?? '/');
  const contract = adapters.trialPorts.probe;
  const probeFor = ({ spec }: RunningTarget): TargetProbe => (byId.has(spec.id) ? probe : contract);
  return {
    ...adapters,
    discover: async () => [
      ...own.targets.map(({ spec }: OwnTarget) => spec),
      ...(await adapters.discover()).filter(({ id }) => !byId.has(id)),
    ],
    launchers: adapters.launchers.map((launcher) =>
      dispatching(launcher, ownLauncher(launcher.id, clock), byId),
    ),
    trialPorts: {
      ...adapters.trialPorts,
      probe: {
        waitUntilReady: (target, deadlineMs, signal) =>
          probeFor(target).waitUntilReady(target, deadlineMs, signal),
        verifyScenario: (target, scenario: Scenario, signal) =>
          probeFor(target).verifyScenario(target, scenario, signal),
      },
    },
  };
}

function dispatching(contract: Launcher, own: Launcher, owned: ReadonlyMap<string, OwnTarget>): Launcher {
  const of = ({ id }: TargetSpec): Launcher => (owned.has(id) ? own : contract);
  return {
    id: contract.id,
    unavailable: (spec) => of(spec).unavailable(spec),
    describe: (spec) => of(spec).describe(spec),
    launch: (spec, options) => of(spec).launch(spec, options),
    sweep: () => contract.sweep(),
  };
}
