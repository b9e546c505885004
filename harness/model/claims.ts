import { z } from '../base/schema.ts';
import { type PublishedFigure, readFigure, unitsOf } from './claims-figure.ts';
import { METRIC_IDS } from './metric.ts';
import { idSchema } from './scenario.ts';

const metricSchema = z.enum(METRIC_IDS, {
  error: () => `is no metric (there are ${METRIC_IDS.join(', ')})`,
});

const columnSchema = z.strictObject({ metric: metricSchema, unit: z.string().min(1).max(8) });
export type ClaimsColumn = z.infer<typeof columnSchema>;

/** A number in the unit of its column, text with a unit of its own (`1.2 ms`), or null where the source has none. */
const FIGURE_PROBLEM = 'must be a number from 0.000001 on, a number with its unit, or null';
const figureSchema = z.union([
  z.number({ error: FIGURE_PROBLEM }).min(1e-6, FIGURE_PROBLEM).max(1e15, FIGURE_PROBLEM),
  z.string().regex(/^\d{1,15}(\.\d{1,9})? ?[^\s\d]{1,8}$/, FIGURE_PROBLEM),
  z.null(),
]);

/** One line of visible text: it is shown to people as it stands. */
const lineSchema = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of visible text');

const rowSchema = z.strictObject({
  /** The target here that the row is about. */
  target: idSchema,
  /** What the source calls it. */
  name: lineSchema(80),
  /** One figure for each column, in their order. */
  figures: z.array(figureSchema),
});
export type ClaimsRow = z.infer<typeof rowSchema>;

const tableSchema = z
  .strictObject({
    title: lineSchema(80),
    scenario: idSchema,
    /** What the reader must know about the table, as where the source leaves something open. */
    note: lineSchema(400).optional(),
    /** Connections and bytes of a body, where the source states them. */
    connections: z.int().min(1).max(10_000_000).optional(),
    bodyBytes: z.int().min(1).max(1e12).optional(),
    columns: z.array(columnSchema).min(1).max(12),
    rows: z.array(rowSchema).min(1).max(60),
  })
  .superRefine((table, context) => {
    for (const { path, message } of tableProblems(table)) context.addIssue({ code: 'custom', path, message });
  });
export type ClaimsTable = z.infer<typeof tableSchema>;

/** A published comparison, as a file of `scenarios/claims/` holds it. */
export const claimsSchema = z.strictObject({
  id: idSchema,
  source: z.strictObject({
    name: lineSchema(120),
    url: z
      .string()
      .max(500)
      .regex(/^https?:\/\/[\x21-\x7e]+$/, 'must be an http or https URL')
      .optional(),
    date: z
      .string()
      .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'must be a year, a month or a day, as 2025-06')
      .optional(),
    /** How the source says that it measured, one statement each. */
    conditions: z.array(lineSchema(200)).max(20).default([]),
  }),
  tables: z.array(tableSchema).min(1).max(10),
});
export type Claims = z.infer<typeof claimsSchema>;

/** What a row says in a column; null where it says nothing. */
export function publishedFigure(
  row: ClaimsRow,
  table: ClaimsTable,
  column: ClaimsColumn,
): PublishedFigure | null {
  const figure = row.figures[table.columns.indexOf(column)];
  return figure === undefined || figure === null ? null : readFigure(figure, column);
}

interface Problem {
  path: (string | number)[];
  message: string;
}

function tableProblems({ columns, rows }: Pick<ClaimsTable, 'columns' | 'rows'>): Problem[] {
  const columnProblems = columns.flatMap((column, i): Problem[] => {
    const units = unitsOf(column.metric);
    const path = ['columns', i];
    if (!units.includes(column.unit)) {
      return [
        {
          path: [...path, 'unit'],
          message: `is no unit of ${column.metric} (there are ${units.join(', ')})`,
        },
      ];
    }
    const first = columns.findIndex(({ metric }) => metric === column.metric);
    return first < i ? [{ path, message: `${column.metric} is a column already` }] : [];
  });
  if (columnProblems.length > 0) return columnProblems;
  return rows.flatMap((row, i) => rowProblems(row, i, columns, rows));
}

function rowProblems(
  { target, figures }: ClaimsRow,
  index: number,
  columns: readonly ClaimsColumn[],
  rows: readonly ClaimsRow[],
): Problem[] {
  const path = ['rows', index];
  if (rows.findIndex((row) => row.target === target) < index) {
    return [{ path, message: `${target} has a row already` }];
  }
  if (figures.length !== columns.length) {
    const message = `${figures.length} figures for ${columns.length} columns`;
    return [{ path: [...path, 'figures'], message }];
  }
  return columns.flatMap((column, i): Problem[] => {
    const figure = figures[i];
    if (figure === undefined || figure === null || readFigure(figure, column) !== null) return [];
    return [{ path: [...path, 'figures', i], message: `is no amount in a unit of ${column.metric}` }];
  });
}
