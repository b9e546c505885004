import { z } from '../base/schema.ts';
import { requestCountsSchema } from './counts.ts';
import { loopSchema, type Loop } from './scenario.ts';
import { readingSchema } from './resources.ts';
import { REASON_CODES } from './reason.ts';

export interface ExpectedResponse {
  status: number;
  bodyBytes: number | null;
  bodySha256: string | null;
}

/** When the warm-up may end: at `minMs`, extended until steady, at most `maxMs`. */
export interface WarmupRule {
  minMs: number;
  maxMs: number;
}

/** The measured part ends after a time, or after an exact number of requests. */
export type Termination = { kind: 'duration'; ms: number } | { kind: 'amount'; requests: number };

/** Everything a load driver needs to know; plain data, so that it can cross a thread boundary. */
export interface LoadRequest {
  /** The address that is dialled, which has been checked. */
  host: string;
  port: number;
  /** What the Host header says, as `name:port`; without it the address and port. */
  authority?: string;
  method: string;
  path: string;
  /** `query`: each request has a query of its own, so that no two ask for the same; absent: all ask for `path`. */
  vary?: 'query';
  headers: Readonly<Record<string, string>>;
  body: string | null;
  expected: ExpectedResponse;
  loop: Loop;
  connections: number;
  workers: number;
  pipelining: number;
  connectionMode: 'keep-alive' | 'per-request';
  warmup: WarmupRule;
  termination: Termination;
  drainMs: number;
  requestTimeoutMs: number;
  /** Seeds arrivals and the choice of bodies that are checked byte by byte. */
  seed: number;
}

/** The measured window on the machine-wide monotonic clock. */
export const windowSchema = z.strictObject({ startUs: z.number(), endUs: z.number() });
export type MeasuredWindow = z.infer<typeof windowSchema>;

export const reasonSchema = z.strictObject({ code: z.enum(REASON_CODES), detail: z.string() });

/** A histogram of integer µs, as the HdrHistogram V2 compressed encoding in base64. */
export const encodedHistogramSchema = z.string().regex(/^[A-Za-z0-9+/=]+$/);

export const driverLoadSchema = z.strictObject({
  /** CPU time of all load workers over the window, in ns. */
  cpuNs: readingSchema,
  /** Of the busiest worker: share of the window it spent on a CPU, and outside the poll of its event loop. */
  cpuUtilization: readingSchema,
  eventLoopUtilization: readingSchema,
  /** Of the worker that lacked CPU most: share of the window it could have run and had to wait for one. */
  cpuWaitShare: readingSchema,
});
export type DriverLoad = z.infer<typeof driverLoadSchema>;

export const loadResultSchema = z.strictObject({
  driver: z.string(),
  driverVersion: z.string(),
  loop: loopSchema,
  connections: z.int(),
  workers: z.int(),
  window: windowSchema,
  warmupMs: z.number(),
  /** Of requests that started (open loop: were due) within the window, until the drain deadline. */
  counts: requestCountsSchema,
  /** Whole responses that arrived within the window, whenever their request started; the basis of throughput. */
  completedInWindow: z.int(),
  okInWindow: z.int(),
  bodyBytesInWindow: z.number(),
  /** Every byte received within the window, headers included; null where the driver cannot tell. */
  wireBytesInWindow: z.number().nullable(),
  /** Latency of correct responses only. */
  histograms: z.strictObject({
    serviceTime: encodedHistogramSchema,
    responseTime: encodedHistogramSchema,
    sendDelay: encodedHistogramSchema.nullable(),
  }),
  /** Samples outside the range of the histogram, clamped to its bounds. */
  clampedSamples: z.int(),
  /** One entry a period of the whole load, warm-up included (negative times). */
  series: z.array(
    z.strictObject({
      tMs: z.number(),
      periodMs: z.number(),
      completed: z.int(),
      failed: z.int(),
      meanUs: z.number().nullable(),
      maxUs: z.number().nullable(),
    }),
  ),
  driverLoad: driverLoadSchema,
  /** What the driver itself noticed: lag, missed rate, limits, outcomes it cannot count. */
  reasons: z.array(reasonSchema),
});
/** What one execution of a load produced: data, however badly the target behaved. */
export type LoadResult = z.infer<typeof loadResultSchema>;
