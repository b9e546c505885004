import { z } from '../../harness/base/schema.ts';

const holdSchema = z.strictObject({
  count: z.int(),
  sumNs: z.number(),
  maxNs: z.number(),
  /** Middle of each bin in ns (within 0.1 % of every value in it) and how many it holds, rising. */
  bins: z.array(z.tuple([z.number(), z.int()])),
});

export const truthSchema = z.strictObject({
  requests: z.int(),
  connections: z.int(),
  responses: z.strictObject({
    ok: z.int(),
    status500: z.int(),
    reset: z.int(),
    truncated: z.int(),
    wrongBody: z.int(),
    unready: z.int(),
    notFound: z.int(),
    fault: z.int(),
  }),
  /** Of correct answers. */
  bodyBytes: z.int(),
  wireBytes: z.int(),
  writeErrors: z.int(),
  burnedNs: z.int(),
  processCpuNs: z.int(),
  residentPeakBytes: z.int(),
  /** Requests with an `x-truth-nonce`, and how many different ones there were. */
  nonces: z.int(),
  uniqueNonces: z.int(),
  okHold: holdSchema,
  otherHold: holdSchema,
});

/** What the server knows about itself: requests by what became of them, and how long it held each answer back. */
export type Truth = z.infer<typeof truthSchema>;

/** The smallest hold time in µs that at least `percentile` percent of the answers do not exceed. */
export function holdPercentileUs(hold: Truth['okHold'], percentile: number): number {
  const wanted = Math.max(1, Math.ceil((percentile / 100) * hold.count));
  let seen = 0;
  for (const [middleNs, count] of hold.bins) {
    seen += count;
    if (seen >= wanted) return middleNs / 1_000;
  }
  throw new Error('the server held no answer back');
}

export function holdMeanUs(hold: Truth['okHold']): number {
  return hold.sumNs / hold.count / 1_000;
}
