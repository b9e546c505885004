import { type Claims, type ClaimsRow, type ClaimsTable, publishedFigure } from '../../../model/claims.ts';
import type { PublishedFigure } from '../../../model/claims-figure.ts';
import type { MetricId } from '../../../model/metric.ts';
import { emptyRow, type PublishedRow } from '../published-row.ts';

/** A row of a file of claims, with its place in the file. */
export interface ClaimedRow {
  table: ClaimsTable;
  source: ClaimsRow;
  /** Position in the file from 1, counted over all tables. */
  row: number;
  name: string;
}

export function claimedRows({ tables }: Claims): ClaimedRow[] {
  return tables
    .flatMap((table) => table.rows.map((source) => ({ table, source })))
    .map(({ table, source }, i) => ({ table, source, row: i + 1, name: `${source.name}, ${table.title}` }));
}

/** What a row says of a metric, in the metric's unit; null where its table has no such column, or the row no figure. */
export function claimedFigure({ table, source }: ClaimedRow, metric: MetricId): PublishedFigure | null {
  const column = table.columns.find((each) => each.metric === metric);
  return column === undefined ? null : publishedFigure(source, table, column);
}

const PERCENTILES = [
  [50, 'latencyP50Us'],
  [90, 'latencyP90Us'],
  [99, 'latencyP99Us'],
  [99.9, 'latencyP999Us'],
] as const satisfies readonly (readonly [number, MetricId])[];

/** A claimed row as any other published one, for the rules that hold for all. The loop is not stated, so it counts as unknown. */
export function publishedRow(claimed: ClaimedRow): PublishedRow {
  const value = (metric: MetricId): number | null => claimedFigure(claimed, metric)?.value ?? null;
  return {
    ...emptyRow(claimed.name, claimed.row),
    group: claimed.table.title,
    connections: claimed.table.connections ?? null,
    rps: value('throughputRps'),
    latencyUs: {
      min: null,
      mean: value('latencyMeanUs'),
      max: value('latencyMaxUs'),
      percentiles: PERCENTILES.flatMap(([percentile, metric]) => {
        const us = value(metric);
        return us === null ? [] : [[percentile, us] as const];
      }),
      resolutionUs: claimedFigure(claimed, 'latencyMeanUs')?.resolution ?? 0,
    },
  };
}
