/** Range and precision of every latency histogram: 1 µs to 60 s, three significant digits (relative error at most 0.1 %). */
export const HISTOGRAM_MIN_US = 1;
export const HISTOGRAM_MAX_US = 60_000_000;
export const SIGNIFICANT_DIGITS = 3;

/** Buckets are 1 µs wide below 2,048 µs, and twice as wide after each doubling from there on: 1,024 to a doubling. */
const SUB_BUCKET_BITS = 11;
const HALF_BUCKETS = 2 ** (SUB_BUCKET_BITS - 1);

/** Index of the bucket that holds an integer of µs within the range (HdrHistogram's layout). */
export function bucketOf(us: number): number {
  const doublings = Math.max(0, 32 - SUB_BUCKET_BITS - Math.clz32(us));
  return doublings * HALF_BUCKETS + (us >>> doublings);
}

/** The largest integer of µs that a bucket holds. */
export function bucketMaxUs(index: number): number {
  const doublings = Math.max(0, Math.floor(index / HALF_BUCKETS) - 1);
  return (index - doublings * HALF_BUCKETS + 1) * 2 ** doublings - 1;
}

export const BUCKETS = bucketOf(HISTOGRAM_MAX_US) + 1;
