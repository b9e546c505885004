import { parseWith } from '../../harness/base/schema.ts';
import { type Claims, claimsSchema } from '../../harness/model/claims.ts';

export interface TableSketch {
  title?: string;
  scenario?: string;
  note?: string;
  connections?: number;
  bodyBytes?: number;
  /** `throughputRps req/s` and so on. */
  columns: string[];
  /** Figures by target. */
  rows: Record<string, (number | string | null)[]>;
}

/** A published comparison by an invented source, checked as a file of claims is. */
export function claims(tables: TableSketch[], source: Partial<Claims['source']> = {}): Claims {
  const value = {
    id: 'someone',
    source: { name: 'Someone', ...source },
    tables: tables.map(({ title = 'Small', scenario = '1kb', columns, rows, ...rest }) => ({
      title,
      scenario,
      ...rest,
      columns: columns.map((column) => {
        const [metric, unit] = column.split(' ');
        return { metric, unit };
      }),
      rows: Object.entries(rows).map(([target, figures]) => ({
        target,
        name: target.toUpperCase(),
        figures,
      })),
    })),
  };
  return parseWith(claimsSchema, value, 'someone.yaml');
}
