import type { PublishedRow } from './published-row.ts';

export type AuditRule =
  | 'LITTLES_LAW'
  | 'PERCENTILE_EQUALS_MEAN'
  | 'PERCENTILE_ORDER'
  | 'RATE_MISMATCH'
  | 'ERRORS_AS_SUCCESS'
  | 'CLUSTER_AT_CEILING'
  | 'TOO_FEW_SAMPLES'
  | 'TRANSFER_MISMATCH'
  | 'CONTRADICTS_ITSELF'
  | 'RECOMPUTED'
  | 'ACCOUNTING'
  | 'VERDICT'
  | 'REPORT_DIFFERS'
  | 'CHECKSUM';

/** A published figure that does not stand, with the arithmetic that refutes it. */
export interface Finding {
  file: string;
  /** Position in the file, from 1; 0 where a finding is about the file as a whole. */
  row: number;
  name: string;
  rule: AuditRule;
  message: string;
}

export function finding(
  file: string,
  at: Pick<PublishedRow, 'row' | 'name'>,
  rule: AuditRule,
  message: string,
): Finding {
  return { file, row: at.row, name: at.name, rule, message };
}
