import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import { invariant } from '../base/errors.ts';
import { HISTOGRAM_MAX_US, HISTOGRAM_MIN_US, SIGNIFICANT_DIGITS } from './latency-range.ts';

const RANGE = {
  bitBucketSize: 32,
  autoResize: false,
  lowestDiscernibleValue: HISTOGRAM_MIN_US,
  highestTrackableValue: HISTOGRAM_MAX_US,
  numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
  useWebAssembly: false,
} as const;

/**
 * An HdrHistogram of integer µs with exact count, minimum and maximum. Memory lies outside the JavaScript heap:
 * whoever makes one calls `destroy()`.
 */
export class LatencyHistogram {
  #histogram: Histogram;
  /** Samples outside 1 µs to 60 s, recorded at the nearest bound and counted here. */
  clamped = 0;

  constructor(histogram: Histogram = build(RANGE)) {
    this.#histogram = histogram;
  }

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
    this.#histogram.recordValue(value);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Smallest and largest recorded value in µs, within the precision of the histogram; 0 when empty. */
  get minUs(): number {
    return this.count === 0 ? 0 : this.#histogram.minNonZeroValue;
  }

  get maxUs(): number {
    return this.#histogram.maxValue;
  }

  get meanUs(): number {
    return this.#histogram.mean;
  }

  /** Population standard deviation in µs. */
  get stdevUs(): number {
    return this.#histogram.stdDeviation;
  }

  /** The smallest value in µs that at least `percentile` percent of the samples do not exceed. */
  percentileUs(percentile: number): number {
    return this.#histogram.getValueAtPercentile(percentile);
  }

  /** Adds all samples of another histogram to this one. */
  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
    this.clamped += other.clamped;
  }

  /** HdrHistogram V2 compressed encoding in base64, readable by every HdrHistogram implementation. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  static decode(encoded: string): LatencyHistogram {
    return new LatencyHistogram(decodeFromCompressedBase64(encoded, 32, false));
  }

  reset(): void {
    this.#histogram.reset();
    this.clamped = 0;
  }

  destroy(): void {
    this.#histogram.destroy();
  }
}

/** One histogram holding the samples of all encoded ones; the caller destroys it. */
export function mergeEncoded(encoded: readonly string[]): LatencyHistogram {
  invariant(encoded.length > 0, 'no histogram to merge');
  const merged = new LatencyHistogram();
  for (const text of encoded) {
    const part = LatencyHistogram.decode(text);
    merged.add(part);
    part.destroy();
  }
  return merged;
}
