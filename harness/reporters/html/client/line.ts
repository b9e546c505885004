export interface PlotLine {
  label: string;
  colour: string;
  dash: string;
  /** Rising in x. */
  points: readonly (readonly [number, number])[];
}

/** Linear between the two nearest points; null outside the line. */
export function valueAt({ points }: PlotLine, x: number): number | null {
  const after = points.findIndex(([at]) => at >= x);
  const right = points[after];
  if (right === undefined) return null;
  const left = points[after - 1];
  if (left === undefined || right[0] === left[0]) return right[0] === x ? right[1] : null;
  return left[1] + ((right[1] - left[1]) * (x - left[0])) / (right[0] - left[0]);
}
