import type { Claims } from '../../model/claims.ts';
import { auditRows } from './audit-rows.ts';
import { type Finding, finding } from './finding.ts';
import { inFlightProblem, repeatedFigureProblem } from './claims-in-flight.ts';
import { impliedBytesProblem, transferProblem } from './claims-transfer.ts';
import { type ClaimedRow, claimedRows, publishedRow } from './formats/claims.ts';

/** Every rule for foreign rows over a published comparison, and those that its tables make possible together. */
export function auditClaims(file: string, claims: Claims): Finding[] {
  const rows = claimedRows(claims);
  return [
    ...auditRows(file, rows.map(publishedRow)),
    ...ofRows(file, rows, 'TRANSFER_MISMATCH', transferProblem),
    ...ofTables(file, rows, 'TRANSFER_MISMATCH', impliedBytesProblem),
    ...ofTables(file, rows, 'LITTLES_LAW', inFlightProblem),
    ...ofRows(file, rows, 'CONTRADICTS_ITSELF', (row) => repeatedFigureProblem(row, rows)),
  ];
}

function ofRows(
  file: string,
  rows: readonly ClaimedRow[],
  rule: Finding['rule'],
  check: (row: ClaimedRow) => string | null,
): Finding[] {
  return rows.flatMap((row) => {
    const message = check(row);
    return message === null ? [] : [finding(file, row, rule, message)];
  });
}

/** A finding about a table as a whole stands at no row of the file. */
function ofTables(
  file: string,
  rows: readonly ClaimedRow[],
  rule: Finding['rule'],
  check: (rows: readonly ClaimedRow[]) => string | null,
): Finding[] {
  return [...Map.groupBy(rows, ({ table }) => table)].flatMap(([{ title }, own]) => {
    const message = check(own);
    return message === null ? [] : [finding(file, { row: 0, name: title }, rule, message)];
  });
}
