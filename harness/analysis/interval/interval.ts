/** A two-sided interval of confidence around an estimate, in the unit of the values. */
export interface Interval {
  low: number;
  high: number;
}

/** An estimate with its interval, or null for an interval where there is too little evidence for one. */
export interface Estimate {
  estimate: number;
  interval: Interval | null;
}

export const CONFIDENCE = 0.95;
