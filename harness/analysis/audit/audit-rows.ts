import { clusterAtCeiling } from './cluster-rule.ts';
import { type Finding, finding } from './finding.ts';
import type { PublishedRow } from './published-row.ts';
import { ROW_RULES } from './row-rules.ts';

/** Every rule over every row of foreign results; a file whose figures agree with each other gives no finding. */
export function auditRows(file: string, rows: readonly PublishedRow[]): Finding[] {
  const single = rows.flatMap((row) =>
    ROW_RULES.flatMap(([rule, check]) => {
      const message = check(row);
      return message === null ? [] : [finding(file, row, rule, message)];
    }),
  );
  const groups = [...new Set(rows.map((row) => row.group))];
  const clusters = groups.flatMap((group) => {
    const message = clusterAtCeiling(rows.filter((row) => row.group === group));
    return message === null ? [] : [finding(file, { row: 0, name: group }, 'CLUSTER_AT_CEILING', message)];
  });
  return [...single, ...clusters];
}
