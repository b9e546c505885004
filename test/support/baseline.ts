import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../harness/base/random.ts';
import type { Baseline, BaselineRun } from '../../harness/model/baseline.ts';

export interface RunSketch {
  /** How many times slower the machine was that day, for everything. */
  pace?: number;
  /** How much worse the server is than one that costs 50 µs of CPU a request and holds 64 MB. */
  slowdown?: number;
  launches?: number;
  /** False where no reference server ran beside. */
  anchored?: boolean;
}

/** A stored run with the noise of a calm machine: CPU per request, throughput and memory in one scenario. */
export function baselineRun(
  number: number,
  sketch: RunSketch = {},
  change: Partial<BaselineRun> = {},
): BaselineRun {
  const { pace = 1, slowdown = 0, launches = 8, anchored = true } = sketch;
  const random = seededRandom(number);
  const noisy = (value: number): number[] =>
    Array.from({ length: launches }, () => value * (1 + 0.01 * (random.next() - 0.5)));
  const reference = Array.from({ length: launches }, () => (anchored ? 5 * pace : null));
  const worse = 1 + slowdown;
  return {
    gateId: `gate-${number}`,
    at: `2026-01-${String(number).padStart(2, '0')}T00:00:00.000Z`,
    harnessVersion: '0.1.0',
    fingerprint: 'f'.repeat(64),
    workloadHash: 'a'.repeat(64),
    targetVersion: null,
    artifactHash: null,
    gitCommit: null,
    reference: { id: 'null-server', hash: 'b'.repeat(64) },
    cells: [
      { scenarioId: 'small', metric: 'cpuUsPerRequest', values: noisy(50 * pace * worse), reference },
      { scenarioId: 'small', metric: 'throughputRps', values: noisy(20_000 / pace / worse), reference },
      { scenarioId: 'small', metric: 'memoryRssMeanBytes', values: noisy(64_000_000 * worse), reference },
    ],
    ...change,
  };
}

export function baselineOf(
  runs: BaselineRun[],
  pinned: BaselineRun | null = null,
  targetId = 'server',
): Baseline {
  return { schemaVersion: 1, targetId, runs, pinned };
}

/** Stores a baseline as `httpdyno` would; returns its file. */
export function storeBaseline(results: string, baseline: Baseline): string {
  const file = path.join(results, 'baselines', `${baseline.targetId}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(baseline, null, 1));
  return file;
}
