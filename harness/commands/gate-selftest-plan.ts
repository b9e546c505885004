import { HarnessError } from '../base/errors.ts';
import type { OwnCount, Plant } from './gate-selftest-bench.ts';

/** Metrics in which a slowdown can be planted, by the words of the command line. */
export const SELFTEST_WORDS = ['cpu', 'rss', 'p50'] as const;
export type SelftestWord = (typeof SELFTEST_WORDS)[number];

/** One gate run whose right answer is known. */
export interface SelftestCase {
  name: string;
  words: readonly SelftestWord[];
  base: Plant;
  head: Plant;
  /** Slowdown that was meant; 0 for A/A. */
  planted: number;
  /** Slowdown that the server itself counted. */
  achieved: number;
}

/** Counts what two servers do under load, side by side. */
export type CountBoth = (plants: readonly [Plant, Plant]) => Promise<[OwnCount, OwnCount]>;

const NOTHING: Plant = { iterations: 0, ballastKib: 0, delayMs: 0, longerMs: 0, longerShare: 0 };
const ITERATIONS = 4_000;
/** Beside it a heap that grows by chance is small. */
const BALLAST_KIB = 131_072;
/** Well above half, so that the median request is amid those that wait longer, whatever they spread. */
const LONGER_SHARE = 0.9;

/** Timers fire late by up to a millisecond or two: beside this that is little. */
const DELAY_MS = 40;

/** What base does in each case. */
export const BASE_PLANTS: Readonly<Record<SelftestWord, Plant>> = {
  cpu: { ...NOTHING, iterations: ITERATIONS },
  rss: { ...NOTHING, ballastKib: BALLAST_KIB },
  p50: { ...NOTHING, delayMs: DELAY_MS },
};

/** How far what was counted may lie from what was meant, as a share of it and at least in shares of the metric. */
const PLANT_TOLERANCE = { relative: 0.25, absolute: 0.01 };
const ATTEMPTS = 3;

/** Whether the server itself counted about what was to be planted. */
export function isPlanted({ planted, achieved }: Pick<SelftestCase, 'planted' | 'achieved'>): boolean {
  return (
    Math.abs(achieved - planted) <= Math.max(PLANT_TOLERANCE.absolute, PLANT_TOLERANCE.relative * planted)
  );
}

/**
 * Plants a slowdown in one metric and has the servers count it; planted anew, by what was counted, where it is off. Throws
 * PREFLIGHT where work costs nothing that can be counted.
 */
export async function plantFor(
  word: SelftestWord,
  slowdown: number,
  countBoth: CountBoth,
): Promise<SelftestCase> {
  if (word === 'p50') return plantDelay(slowdown, countBoth);
  const base = BASE_PLANTS[word];
  let more = await firstGuess(word, slowdown, countBoth);
  let planted: SelftestCase | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = added(base, word, more);
    planted = await counted(word, slowdown, base, head, countBoth);
    if (isPlanted(planted)) break;
    if (planted.achieved > 0) more *= slowdown / planted.achieved;
  }
  if (planted === null) throw new HarnessError('BUG', 'nothing was planted');
  return planted;
}

function added(base: Plant, word: 'cpu' | 'rss', more: number): Plant {
  return word === 'cpu'
    ? { ...base, iterations: base.iterations + more }
    : { ...base, ballastKib: base.ballastKib + more };
}

/** Iterations, or KiB of ballast, that should make the slowdown. */
async function firstGuess(word: 'cpu' | 'rss', slowdown: number, countBoth: CountBoth): Promise<number> {
  const base = BASE_PLANTS[word];
  const [idle, loaded] = await countBoth([NOTHING, base]);
  if (word === 'rss') return (slowdown * loaded.rssBytes) / 1_024;
  const perIteration = (loaded.cpuUs - idle.cpuUs) / base.iterations;
  if (perIteration > 0) return (slowdown * loaded.cpuUs) / perIteration;
  throw new HarnessError('PREFLIGHT', 'an iteration costs no CPU time that can be counted', {
    fix: 'end other work and try again',
  });
}

async function plantDelay(slowdown: number, countBoth: CountBoth): Promise<SelftestCase> {
  // Whole milliseconds on top of base; a small slowdown asks for a longer base.
  const delayMs = Math.max(DELAY_MS, Math.round(1 / slowdown));
  const longerMs = Math.round(delayMs * slowdown);
  const base = { ...BASE_PLANTS.p50, delayMs };
  const head = { ...base, longerMs, longerShare: LONGER_SHARE };
  return counted('p50', longerMs / delayMs, base, head, countBoth);
}

const COUNTED: Readonly<Record<SelftestWord, { title: string; field: keyof OwnCount }>> = {
  cpu: { title: 'CPU per request', field: 'cpuUs' },
  rss: { title: 'memory', field: 'rssBytes' },
  p50: { title: 'p50', field: 'serviceP50Us' },
};

async function counted(
  word: SelftestWord,
  slowdown: number,
  base: Plant,
  head: Plant,
  countBoth: CountBoth,
): Promise<SelftestCase> {
  const { title, field } = COUNTED[word];
  const [before, after] = await countBoth([base, head]);
  return {
    name: `${title} +${(slowdown * 100).toFixed(0)} %`,
    words: [word],
    base,
    head,
    planted: slowdown,
    achieved: after[field] / before[field] - 1,
  };
}
