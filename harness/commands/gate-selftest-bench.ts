import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import { median } from '../analysis/order.ts';
import { HarnessError } from '../base/errors.ts';
import { secureToken } from '../base/random.ts';
import { parseWith, z } from '../base/schema.ts';
import { createWarmDynoDriver } from '../drivers/dyno/warm-driver.ts';
import type { RunningTarget } from '../model/ports.ts';
import { createMonitorFactory } from '../monitors/index.ts';
import { measureSlice } from '../session/gate/slice.ts';
import { exchange } from '../targets/wire/connection.ts';
import { createAdapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import { nameArm, prepareArm } from './gate-arms.ts';
import type { GateOptions } from './gate-options.ts';
import { learnScenarios } from './gate-scenarios.ts';
import { runLayout } from './prepare-run.ts';

/** How the selftest's server is to behave. */
export interface Plant {
  iterations: number;
  ballastKib: number;
  delayMs: number;
  /** What a share of the delayed requests waits more. */
  longerMs: number;
  longerShare: number;
}

/** What a server counted itself while it was loaded: the gate's own instruments have no part in it. */
export interface OwnCount {
  cpuUs: number;
  rssBytes: number;
  serviceP50Us: number;
}

const SERVER = path.join(import.meta.dirname, '..', '..', 'tools', 'selftest', 'server.mjs');
/** Rounds of connections until its heap has grown for the first time; what is counted ends before it does for the second. */
const WARMUP_ROUNDS = 16;
const WARMUP_MS = 100;
const COUNTED_ROUNDS = 8;

/** The command line that starts a server with this plant. Throws FILE_NOT_FOUND where the server is not installed. */
export function plantCommand({ iterations, ballastKib, delayMs, longerMs, longerShare }: Plant): string {
  if (!existsSync(SERVER)) {
    throw new HarnessError('FILE_NOT_FOUND', `${SERVER} is missing`, { fix: 'install httpdyno again' });
  }
  const flags = [
    `--iterations=${Math.round(iterations)}`,
    `--ballast-kib=${Math.round(ballastKib)}`,
    `--delay-ms=${delayMs}`,
    `--longer-ms=${longerMs}`,
    `--longer-share=${longerShare}`,
  ];
  return `"${process.execPath}" "${SERVER}" ${flags.join(' ')}`;
}

const countersSchema = z.strictObject({
  served: z.int().min(0),
  cpuUs: z.number().min(0),
  rssBytes: z.number().positive(),
  serviceP50Us: z.number().min(0),
});
type Counters = z.infer<typeof countersSchema>;

async function countersOf({ address }: RunningTarget): Promise<Counters> {
  const { body } = await exchange(address, {
    method: 'GET',
    path: '/counters',
    headers: { connection: 'close' },
  });
  const text = Buffer.from(body).toString('utf8');
  return parseWith(countersSchema, JSON.parse(text), 'GET /counters of the selftest server');
}

/** What lies between two readings of one server. */
export function countBetween(before: Counters, after: Counters): OwnCount {
  const served = after.served - before.served;
  return {
    cpuUs: served > 0 ? (after.cpuUs - before.cpuUs) / served : Number.NaN,
    rssBytes: after.rssBytes,
    serviceP50Us: after.serviceP50Us,
  };
}

type Bench = Awaited<ReturnType<typeof openBench>>;

/** Two servers side by side, loaded in turn: what each counted itself, round by round. */
export async function countBoth(
  context: CommandContext,
  options: GateOptions,
  plants: readonly [Plant, Plant],
): Promise<[OwnCount, OwnCount]> {
  const bench = await openBench(context, options, plants[0]);
  const targets: RunningTarget[] = [];
  try {
    for (const plant of plants) targets.push(await startPlant(bench, context, options, plant));
    for (let round = 0; round < Math.min(WARMUP_ROUNDS, options.maxWarmup ?? WARMUP_ROUNDS); round++) {
      for (const target of targets) await bench.load(target, WARMUP_MS, round);
    }
    const counts: OwnCount[][] = targets.map(() => []);
    for (let round = 0; round < COUNTED_ROUNDS; round++) {
      const order = round % 2 === 0 ? [...targets.keys()] : [...targets.keys()].toReversed();
      for (const i of order) counts[i]?.push(await countUnderLoad(bench, targets[i], options.slice, round));
    }
    return pairedMiddle(counts[0] ?? [], counts[1] ?? []);
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
    await bench.close();
  }
}

async function countUnderLoad(
  bench: Bench,
  target: RunningTarget | undefined,
  sliceMs: number,
  seed: number,
): Promise<OwnCount> {
  if (target === undefined) throw new HarnessError('BUG', 'no server to count');
  const before = await countersOf(target);
  await bench.load(target, sliceMs, seed);
  return countBetween(before, await countersOf(target));
}

/** Medians of the first, and of the second by the median of their ratios round by round: what drifts cancels. */
export function pairedMiddle(first: readonly OwnCount[], second: readonly OwnCount[]): [OwnCount, OwnCount] {
  const of = (field: keyof OwnCount): [number, number] => {
    const middle = median(first.map((count) => count[field]));
    const ratio = median(second.map((count, round) => count[field] / (first[round]?.[field] ?? Number.NaN)));
    return [middle, middle * ratio];
  };
  const [cpuUs, rssBytes, serviceP50Us] = [of('cpuUs'), of('rssBytes'), of('serviceP50Us')];
  return [
    { cpuUs: cpuUs[0], rssBytes: rssBytes[0], serviceP50Us: serviceP50Us[0] },
    { cpuUs: cpuUs[1], rssBytes: rssBytes[1], serviceP50Us: serviceP50Us[1] },
  ];
}

async function startPlant(
  { armOf, shape }: Bench,
  { interruption }: CommandContext,
  { readyTimeout }: GateOptions,
  plant: Plant,
): Promise<RunningTarget> {
  const side = await armOf(plant);
  const launched = await side.launcher.launch(side.spec, {
    workers: shape.workers,
    cpus: shape.cpus.disjoint ? shape.cpus.target : null,
    nonce: secureToken(),
    sessionId: shape.gateId,
  });
  if (launched.kind === 'failed') {
    throw new HarnessError('NOTHING_TO_RUN', `the selftest server does not start: ${launched.reason.detail}`);
  }
  const ready = await side.probe.waitUntilReady(launched.target, readyTimeout, interruption.signal);
  if (ready.kind === 'ready') return launched.target;
  await launched.target.stop();
  throw new HarnessError(
    'NOTHING_TO_RUN',
    `the selftest server does not become ready: ${ready.reason.detail}`,
  );
}

/** Everything that loading a server takes; closed by the caller. */
async function openBench(context: CommandContext, options: GateOptions, example: Plant) {
  const adapters = await createAdapters(context);
  const { cpus, workers, driverWorkers } = runLayout(options);
  const world = {
    context,
    adapters,
    launcher: options.launcher,
    build: true,
    specs: [],
    adHocScenarios: ['root'],
  };
  const armOf = async (plant: Plant) =>
    (await prepareArm(await nameArm(`cmd:${plantCommand(plant)}`, world), null, world)).side;
  const side = await armOf(example);
  const settings = { readyTimeoutMs: options.readyTimeout, workers };
  const { scenarios } = await learnScenarios(['/'], { base: side, head: side }, settings, context);
  const [learnt] = scenarios;
  if (learnt === undefined) throw new HarnessError('BUG', 'no scenario for /');
  const scenario = { ...learnt, connections: options.connections ?? learnt.connections };
  const { clock, interruption } = context;
  const warm = createWarmDynoDriver(clock);
  const shape = {
    gateId: 'selftest',
    sliceMs: options.slice,
    blocks: options.blocks,
    cpus,
    workers,
    driverWorkers,
    readyTimeoutMs: options.readyTimeout,
  };
  const ports = {
    clock,
    driver: warm.driver,
    monitors: createMonitorFactory({ clock }),
    judge: judgeTrial,
    store: { folder: '', save: async () => undefined },
    listener: () => undefined,
  };
  return {
    shape,
    armOf,
    load: async (target: RunningTarget, sliceMs: number, seed: number): Promise<void> => {
      const input = { arm: 'base' as const, target, scenario, shape, sliceMs, rampMs: 0, seed };
      await measureSlice(input, ports, interruption.signal);
    },
    close: () => warm.close(),
  };
}
