import { US_PER_MS } from '../../base/units.ts';
import { derivedSeed, type Random, randomIndex, seededRandom } from '../../base/random.ts';

export type Arm = 'base' | 'head';
/** The order of four slices: A is base, B is head. Each has two adjacent pairs, and balances a linear drift. */
export type BlockOrder = 'ABBA' | 'BAAB';

/** One launch of both arms: everything that is left to chance in it. */
export interface LaunchPlan {
  index: number;
  /** Which arm is started first. */
  startOrder: readonly [Arm, Arm];
  /** Which of the two ports serves which arm. */
  ports: Readonly<Record<Arm, 0 | 1>>;
  /** Length of a meaningless environment variable: moves the stack, and with it the layout bias (Mytkowicz et al., 2009). */
  paddingBytes: Readonly<Record<Arm, number>>;
  /** Of the sentinel. */
  blocks: readonly BlockOrder[];
}

const SENTINEL_BLOCKS = 2;
const MAX_PADDING_BYTES = 4_096;

/**
 * The launches of a gate run. Each draws from a stream of its own, so that launch 9 is the same whether 8 or 24 are run.
 * The random order is what makes the difference of the arms symmetric around 0 when there is none (Fisher, 1935).
 */
export function planLaunches(seed: number, launches: number): LaunchPlan[] {
  return Array.from({ length: launches }, (_, index) =>
    planLaunch(seededRandom(derivedSeed(seed, index)), index),
  );
}

function planLaunch(random: Random, index: number): LaunchPlan {
  return {
    index,
    startOrder: coin(random) ? ['base', 'head'] : ['head', 'base'],
    ports: coin(random) ? { base: 0, head: 1 } : { base: 1, head: 0 },
    paddingBytes: {
      base: randomIndex(random, MAX_PADDING_BYTES),
      head: randomIndex(random, MAX_PADDING_BYTES),
    },
    blocks: drawBlocks(random, SENTINEL_BLOCKS),
  };
}

function coin(random: Random): boolean {
  return random.next() < 0.5;
}

/** Fewer median response times in a slice, and the waves of a closed loop that begins anew count for more than its pace. */
const RESPONSES_PER_SLICE = 8;
const MAX_SLICE_MS = 10_000;
const MIN_BLOCKS = 2;

/** Longer slices for a slow server, and the fewer blocks of them: about the same load, of the same draw. */
export function fitSlices(
  { sliceMs, orders }: { sliceMs: number; orders: readonly BlockOrder[] },
  latencyP50Us: number,
): { sliceMs: number; orders: readonly BlockOrder[] } {
  const neededMs = Math.min(MAX_SLICE_MS, Math.ceil((RESPONSES_PER_SLICE * latencyP50Us) / US_PER_MS));
  if (neededMs <= sliceMs) return { sliceMs, orders };
  const blocks = Math.round((orders.length * sliceMs) / neededMs);
  return { sliceMs: neededMs, orders: orders.slice(0, Math.max(MIN_BLOCKS, blocks)) };
}

/** The arms of a block, slice by slice. */
export function armsOf(order: BlockOrder): readonly Arm[] {
  return order === 'ABBA' ? ['base', 'head', 'head', 'base'] : ['head', 'base', 'base', 'head'];
}

/** The blocks of a scenario within a launch, from a stream of its own: adding a scenario moves no other. */
export function planBlocks(
  seed: number,
  launchIndex: number,
  scenarioIndex: number,
  blocks: number,
): readonly BlockOrder[] {
  return drawBlocks(seededRandom(derivedSeed(derivedSeed(seed, launchIndex), 1 + scenarioIndex)), blocks);
}

function drawBlocks(random: Random, count: number): BlockOrder[] {
  return Array.from({ length: count }, () => (coin(random) ? 'ABBA' : 'BAAB'));
}
