import { formatNumber, formatUs, US_PER_S } from '../../base/units.ts';
import type { ClaimsColumn } from '../../model/claims.ts';
import { METRICS } from '../../model/metric.ts';
import { type ClaimedRow, claimedFigure } from './formats/claims.ts';
import { LITTLE_TOLERANCE } from './row-rules.ts';

/**
 * Little's law (1961) where the connections are not stated: rate x mean latency is the number in flight, and a closed loop
 * holds every target at the same one, within what `LITTLES_LAW` grants to a row whose connections are known.
 */
export function inFlightProblem(rows: readonly ClaimedRow[]): string | null {
  const inFlight = rows
    .flatMap((row) => {
      const rate = claimedFigure(row, 'throughputRps')?.value;
      const mean = claimedFigure(row, 'latencyMeanUs');
      if (rate === undefined || mean === null || row.table.connections !== undefined) return [];
      return [
        {
          row,
          rate,
          mean: mean.value,
          number: (rate * mean.value) / US_PER_S,
          slack: (rate * mean.resolution) / US_PER_S,
        },
      ];
    })
    .toSorted((a, b) => a.number - b.number);
  const [least, most] = [inFlight[0], inFlight.at(-1)];
  if (least === undefined || most === undefined) return null;
  const fewestPlaces = (most.number - most.slack) / (1 + LITTLE_TOLERANCE);
  const mostPlaces = (least.number + least.slack) / (1 - 2 * LITTLE_TOLERANCE) + 1;
  if (fewestPlaces <= mostPlaces) return null;
  const [low, high] = [least, most].map(
    ({ row, rate, mean, number }) =>
      `${row.source.name} ${formatNumber(rate)} req/s x ${formatUs(mean)} = ${formatNumber(number)} in flight`,
  );
  return `${low}, ${high}: no one number of connections gives both in a closed loop`;
}

/** A figure that two tables of the same work state differently for the same target. */
export function repeatedFigureProblem(claimed: ClaimedRow, rows: readonly ClaimedRow[]): string | null {
  const earlier = rows.slice(0, rows.indexOf(claimed)).filter((other) => isSameWork(claimed, other));
  for (const other of earlier) {
    for (const column of claimed.table.columns) {
      const problem = disagreement(claimed, other, column);
      if (problem !== null) return problem;
    }
  }
  return null;
}

/** Tables that state different connections are of different work. */
function isSameWork(a: ClaimedRow, b: ClaimedRow): boolean {
  const [first, second] = [a.table.connections, b.table.connections];
  const alike = first === undefined || second === undefined || first === second;
  return alike && a.table.scenario === b.table.scenario && a.source.target === b.source.target;
}

function disagreement(claimed: ClaimedRow, other: ClaimedRow, { metric }: ClaimsColumn): string | null {
  const [here, there] = [claimedFigure(claimed, metric), claimedFigure(other, metric)];
  if (here === null || there === null) return null;
  if (Math.abs(here.value - there.value) <= here.resolution + there.resolution) return null;
  const show = METRICS[metric].unit === 'µs' ? formatUs : formatNumber;
  const both = `${METRICS[metric].title.toLowerCase()} ${show(there.value)} in ${other.table.title}, ${show(here.value)} in ${claimed.table.title}`;
  const rate = claimedFigure(other, 'throughputRps') ?? claimedFigure(claimed, 'throughputRps');
  if (metric !== 'latencyMeanUs' || rate === null) return `${both}: both cannot hold for the same work`;
  const [first, second] = [there, here].map(({ value }) => formatNumber((rate.value * value) / US_PER_S));
  return `${both}: at ${formatNumber(rate.value)} req/s that is ${first} in flight against ${second}, so both cannot hold at the same connections`;
}
