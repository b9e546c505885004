import { US_PER_MS } from '../../base/units.ts';
import type { LoadResult } from '../../model/load.ts';
import type { Reason } from '../../model/reason.ts';
import { driftOf, settledFrom } from '../steady-state.ts';
import type { Evidence } from './measured.ts';

/** Did one figure describe the target during the measured window? Asked of the mean latency of each period. */
export function judgeSteadiness({ load, windowUs }: Evidence): Reason[] {
  const measured = withinWindow(load.series, windowUs / US_PER_MS);
  const means = measured.flatMap(({ meanUs }) => (meanUs === null ? [] : [meanUs]));
  const drift = driftOf(means);
  if (drift === null) return [];
  const settled = measured[settledFrom(means)]?.tMs ?? 0;
  const when = settled > (measured[0]?.tMs ?? 0) ? `; settled ${(settled / 1_000).toFixed(1)} s into it` : '';
  return [{ code: 'NOT_STEADY', detail: `mean latency of a period: ${drift}${when}` }];
}

/** Whole periods inside the measured window; `tMs` is the end of a period. */
function withinWindow(series: LoadResult['series'], windowMs: number): LoadResult['series'] {
  return series.filter(
    ({ tMs, periodMs }) => tMs - periodMs >= -periodMs / 10 && tMs <= windowMs + periodMs / 10,
  );
}
