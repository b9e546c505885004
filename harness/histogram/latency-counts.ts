import { encodeCounts } from './counts-encoding.ts';
import { BUCKETS, bucketMaxUs, bucketOf, HISTOGRAM_MAX_US, HISTOGRAM_MIN_US } from './latency-range.ts';

/**
 * The counting half of a latency histogram, for load workers: the same buckets as `LatencyHistogram`, in plain
 * memory, without the library. A record costs a few ns, and a thread is spared 20 MB.
 */
export class LatencyCounts {
  count = 0;
  /** Samples outside 1 µs to 60 s, recorded at the nearest bound and counted here. */
  clamped = 0;
  readonly #counts = new Uint32Array(BUCKETS);

  /** Records one latency in µs; a fraction is rounded to the nearest µs, what is below 0.5 µs becomes 1. */
  record(us: number): void {
    let value = Math.round(us);
    if (value < HISTOGRAM_MIN_US) {
      if (us < 0) this.clamped++;
      value = HISTOGRAM_MIN_US;
    } else if (value > HISTOGRAM_MAX_US || Number.isNaN(value)) {
      this.clamped++;
      value = HISTOGRAM_MAX_US;
    }
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.count++;
  }

  /** Largest recorded value in µs, within the precision of the buckets; 0 when empty. */
  get maxUs(): number {
    return this.percentileUs(100);
  }

  /** The smallest value in µs that at least `percentile` percent of the samples do not exceed; 0 when empty. */
  percentileUs(percentile: number): number {
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.count));
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => (seen += count) >= rank);
    return bucket < 0 ? 0 : bucketMaxUs(bucket);
  }

  /** HdrHistogram V2 compressed encoding in base64, readable by every HdrHistogram implementation. */
  encode(): string {
    return encodeCounts(this.#counts);
  }
}
