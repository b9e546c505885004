import { invariant } from '../base/errors.ts';

/** The values in ascending order, the input untouched. */
export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

/** The k-th smallest value, k from 0, of values already in ascending order. */
export function nth(sorted: readonly number[], k: number): number {
  const value = sorted[k];
  invariant(value !== undefined, `no value at rank ${k} of ${sorted.length}`);
  return value;
}

/** The middle value, or the mean of the two middle ones; at least one value is needed. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? nth(sorted, middle) : (nth(sorted, middle - 1) + nth(sorted, middle)) / 2;
}

export function mean(values: readonly number[]): number {
  invariant(values.length > 0, 'no value to take the mean of');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance (divisor n - 1); at least two values are needed. */
export function variance(values: readonly number[]): number {
  invariant(values.length > 1, 'no variance of fewer than two values');
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
