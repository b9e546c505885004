import { type Clock, systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { secureToken } from '../../base/random.ts';
import type { LaunchOptions, LaunchOutcome, Launcher } from '../../model/ports.ts';
import type { ReasonCode } from '../../model/reason.ts';
import type { TargetAddress, TargetSpec } from '../../model/target.ts';
import { describeTarget } from '../describe.ts';
import { printableLines } from '../log-ring.ts';
import { portInUse } from '../port-in-use.ts';
import { freeLoopbackPort } from '../process/free-port.ts';
import { runningContainer } from './container.ts';
import { type DockerEngine, EngineError } from './engine.ts';
import {
  docker,
  dockerArguments,
  ensureImage,
  type ImageOptions,
  type ImageOutcome,
  imageOptions,
} from './image.ts';
import { RESTRICTIONS } from './restrictions.ts';
import { runArguments } from './run-arguments.ts';
import { sweepContainers } from './sweep.ts';

export interface DockerLauncherOptions {
  engine: DockerEngine;
  pickPort?: () => Promise<number>;
  graceMs?: number;
  memoryBytes?: number;
  labels?: Readonly<Record<string, string>>;
  images?: Partial<ImageOptions>;
  clock?: Clock;
}

const HOST = '127.0.0.1';
const RUN_TIMEOUT_MS = 30_000;

/** Starts targets as containers on the host's network, bound to loopback, with nothing but what they need. */
export function createDockerLauncher(options: DockerLauncherOptions): Launcher {
  const { engine } = options;
  const images = imageCache(engine, options.images ?? {});
  return {
    id: 'docker',
    unavailable: async (spec) => (await engine.unavailable()) ?? imageObstacle(spec, images),
    describe: async (spec) => {
      const info = spec.image === null ? null : await engine.image(spec.image).catch(() => null);
      return describeTarget(spec, 'docker', info?.id ?? null);
    },
    launch: async (spec, launch) => {
      const unavailable = await engine.unavailable();
      if (unavailable !== null) return failed('DOCKER_UNAVAILABLE', unavailable);
      try {
        const image = await images(spec);
        if (image.kind === 'failed') return failed('IMAGE_UNAVAILABLE', image.why, image.logTail);
        return await start(spec, launch, image.image, options);
      } catch (error) {
        if (error instanceof EngineError) return failed('DOCKER_UNAVAILABLE', error.message);
        throw error;
      }
    },
    sweep: () => sweepContainers(engine),
  };
}

/** Images are looked after once a session: what a trial runs must not change between rounds. */
function imageCache(
  engine: DockerEngine,
  overrides: Partial<ImageOptions>,
): (spec: TargetSpec) => Promise<ImageOutcome> {
  const ready = new Map<string, ImageOutcome>();
  return async (spec) => {
    const known = ready.get(spec.id);
    if (known !== undefined) return known;
    const outcome = await ensureImage(spec, engine, imageOptions(overrides));
    if (outcome.kind === 'ready') ready.set(spec.id, outcome);
    return outcome;
  };
}

/** Why there is no image, or null. It is made here, before anything is planned, so that no trial waits for a build. */
async function imageObstacle(
  spec: TargetSpec,
  images: (spec: TargetSpec) => Promise<ImageOutcome>,
): Promise<string | null> {
  try {
    const image = await images(spec);
    return image.kind === 'failed' ? image.why : null;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

async function start(
  spec: TargetSpec,
  launch: LaunchOptions,
  image: string,
  options: DockerLauncherOptions,
): Promise<LaunchOutcome> {
  const { engine, pickPort = freeLoopbackPort, clock = systemClock } = options;
  const address: TargetAddress = { host: HOST, port: await pickPort() };
  const inUse = portInUse(address.port);
  const name = `httpdyno-${spec.id}-${secureToken(4)}`;
  const memoryBytes = options.memoryBytes ?? RESTRICTIONS.memoryBytes;
  const args = runArguments(spec, launch, {
    name,
    image,
    address,
    memoryBytes,
    labels: options.labels ?? {},
  });
  const argv = ['docker', ...dockerArguments(engine, args)];
  if (inUse !== null) return { kind: 'failed', reason: inUse, logTail: [], argv };
  const result = await docker(engine, args, RUN_TIMEOUT_MS);
  const containerId = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.exitCode !== 0 || !/^[0-9a-f]{64}$/.test(containerId)) {
    // A container that was made but could not start stays behind under its name.
    await engine.remove(name).catch(() => undefined);
    const lines = printableLines(result.stderr);
    return failed('TARGET_UNAVAILABLE', result.spawnError ?? lines[0] ?? 'docker run failed', lines, argv);
  }
  const { Pid: initPid } = await engine.inspect(containerId).catch(async (error: unknown) => {
    await engine.remove(containerId).catch(() => undefined);
    throw error instanceof EngineError ? error : new EngineError(messageOf(error));
  });
  const container = { spec, address, nonce: launch.nonce, argv, containerId, initPid };
  return {
    kind: 'running',
    target: runningContainer(container, {
      engine,
      clock,
      graceMs: options.graceMs ?? RESTRICTIONS.stopTimeoutS * 1_000,
    }),
  };
}

function failed(
  code: ReasonCode,
  detail: string,
  logTail: string[] = [],
  argv: string[] = [],
): LaunchOutcome {
  return { kind: 'failed', reason: { code, detail }, logTail, argv };
}
