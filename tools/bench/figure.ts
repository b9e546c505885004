import { spreadOf } from './statistics.ts';

export interface Goal {
  bound: 'at least' | 'at most';
  value: number;
}

/** One figure of the benchmark: a sample for each round, and what it should be. */
export interface Figure {
  id: string;
  title: string;
  unit: string;
  samples: number[];
  goal: Goal | null;
  /** Why there is no sample. */
  missing: string | null;
}

export type Verdict = 'met' | 'missed' | 'not measured' | 'no goal';

export const atLeast = (value: number): Goal => ({ bound: 'at least', value });
export const atMost = (value: number): Goal => ({ bound: 'at most', value });

/** What is no finite number, as a ratio to a rate of 0, is not a sample. */
export function figure(
  id: string,
  title: string,
  unit: string,
  samples: readonly number[],
  goal: Goal | null = null,
): Figure {
  return {
    id,
    title,
    unit,
    samples: samples.filter((sample) => Number.isFinite(sample)),
    goal,
    missing: null,
  };
}

export function missingFigure(id: string, title: string, why: string, goal: Goal | null = null): Figure {
  return { id, title, unit: '', samples: [], goal, missing: why };
}

/** The median decides, as it is what is quoted. */
export function verdictOf({ samples, goal }: Pick<Figure, 'samples' | 'goal'>): Verdict {
  if (goal === null) return 'no goal';
  const { median } = spreadOf(samples);
  if (Number.isNaN(median)) return 'not measured';
  return (goal.bound === 'at least' ? median >= goal.value : median <= goal.value) ? 'met' : 'missed';
}

/** As many digits as tell a figure from its goal. */
export function formatValue(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** The median, its range and unit; or why there is none. */
export function valueText({ samples, unit, missing }: Pick<Figure, 'samples' | 'unit' | 'missing'>): string {
  if (samples.length === 0) return missing ?? 'not measured';
  const { median, min, max } = spreadOf(samples);
  const range = min === max ? '' : ` (${formatValue(min)} to ${formatValue(max)})`;
  return `${formatValue(median)}${unit === '' ? '' : ` ${unit}`}${range}`;
}

export function goalText(entry: Pick<Figure, 'samples' | 'goal'>): string {
  const { goal } = entry;
  if (goal === null) return '';
  return `${goal.bound} ${formatValue(goal.value)}: ${verdictOf(entry)}`;
}
