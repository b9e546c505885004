import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type LaunchDifference, launchDifference } from '../../../harness/analysis/gate/launch-difference.ts';
import { type GatedMetric, type ProfileId, zoneOf } from '../../../harness/analysis/gate/profile.ts';
import type { StoredCell } from '../../../harness/analysis/gate/replay.ts';
import type { StoredPaces } from '../../../harness/analysis/gate/usual-rules.ts';
import { z } from '../../../harness/base/schema.ts';

const FILE = path.join(import.meta.dirname, '..', 'gate', 'fixtures', 'aa-launches.json');
const arm = z.enum(['base', 'head']);
const figure = z.number().positive();
const launchesSchema = z.array(
  z.array(z.array(z.tuple([arm, figure, figure, figure, figure])).length(4)).length(6),
);
const schema = z.strictObject({
  about: z.string(),
  slice: z.tuple([
    z.literal('arm'),
    z.literal('cpuUsPerRequest'),
    z.literal('memoryRssMeanBytes'),
    z.literal('latencyP50Us'),
    z.literal('throughputRps'),
  ]),
  scenarios: z.strictObject({ '1kb': launchesSchema, '1mb': launchesSchema }),
});

const { scenarios } = schema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
const COLUMNS = { cpuUsPerRequest: 1, memoryRssMeanBytes: 2, latencyP50Us: 3, throughputRps: 4 } as const;
export type StoredMetric = keyof typeof COLUMNS & GatedMetric;
export const STORED_METRICS: readonly StoredMetric[] = [
  'cpuUsPerRequest',
  'memoryRssMeanBytes',
  'latencyP50Us',
  'throughputRps',
];

export type StoredScenario = keyof typeof scenarios;
export const STORED_SCENARIOS: readonly StoredScenario[] = ['1kb', '1mb'];

/** One cell of a real A/A gate run, from its slices. */
export function storedCell(
  metric: StoredMetric,
  scenario: StoredScenario = '1kb',
  profile: ProfileId = 'default',
): StoredCell & { launches: LaunchDifference[] } {
  const column = COLUMNS[metric];
  const differences = scenarios[scenario].map((blocks) =>
    launchDifference(
      blocks.map((block) => block.map((slice) => ({ arm: slice[0], value: slice[column], disturbed: null }))),
      metric,
    ),
  );
  return { metric, zone: zoneOf(metric, profile, 2), launches: differences };
}

/** A metric in every slice of scenario 1kb. */
export function storedValues(metric: StoredMetric): number[] {
  return scenarios['1kb'].flat(2).map((slice) => slice[COLUMNS[metric]]);
}

/** Requests a second of both arms in each launch. */
export function storedPaces(): StoredPaces[] {
  return scenarios['1kb'].map((blocks) => {
    const of = (side: z.infer<typeof arm>): number[] =>
      blocks.flat().flatMap((slice) => (slice[0] === side ? [slice[COLUMNS.throughputRps]] : []));
    return { base: of('base'), head: of('head') };
  });
}
