/** What truthd can be told to do; see `truthd/program.go`. Times count from the first request under the program. */
export interface Program {
  seed?: number;
  /** Delays, each dealt exactly so often in every round of the deck, in a seeded order. */
  delayDeck?: readonly { us: number; times: number }[];
  bodyBytes?: number;
  framing?: 'length' | 'chunked' | 'close';
  /** Numbers each answer in `x-truth-id`, always 12 digits long. */
  truthId?: boolean;
  /** Delay of the first answer to each path, query included: what a cache by path would save. */
  unseenPathUs?: number;
  /** CPU time spent on each answer. */
  burnUs?: number;
  /** Other answers than the correct one, exactly so many of each 1,000. */
  mixPerThousand?: Partial<Record<'status500' | 'reset' | 'truncated' | 'wrongBody', number>>;
  /** Every response that would be due within it goes out when it is over. */
  stall?: { startMs: number; durationMs: number };
  driftUsPerS?: number;
  oscillation?: { periodMs: number; extraUs: number };
  slowStart?: { forMs: number; extraUs: number };
  ballastBytes?: number;
  spike?: { atMs: number; forMs: number; bytes: number };
  /** Ends the process; by SIGKILL where the code is negative. */
  exit?: { afterRequests?: number; afterMs?: number; code: number };
  /** Answers 503 for so long since the process began. */
  unreadyMs?: number;
  wire?: { mode: WireMode; perThousand?: number; count?: number; intervalMs?: number };
  keepArrivals?: number;
}

/** Answers that HTTP forbids whatever the client makes of them; see `truthd/hostile.go`. */
export const HOSTILE_MODES = [
  'cl-and-te',
  'duplicate-cl',
  'listed-cl',
  'negative-cl',
  'signed-cl',
  'hex-cl',
  'empty-cl',
  'huge-cl',
  'bad-chunk',
  'huge-chunk',
  'long-chunk',
  'bad-coding',
  'space-in-name',
  'nul-in-value',
  'garbage',
  'http09',
  'bare-lf',
  'obs-fold',
  'status-99',
  'status-1000',
  'http2',
  'status-101',
] as const;

export type WireMode =
  | (typeof HOSTILE_MODES)[number]
  | 'reset-on-accept'
  | 'silent'
  | 'fin'
  | 'reset'
  | 'truncated'
  | 'truncated-head'
  | 'reset-in-body'
  | 'two-responses'
  | 'late-response'
  | 'unsolicited'
  | 'interim-100'
  | 'interim-103'
  | 'endless-interim'
  | 'slow-headers'
  | 'slow-body'
  | 'endless-status-line'
  | 'endless-headers'
  | 'endless-body'
  | 'endless-chunks'
  | 'endless-chunk-ext'
  | 'endless-trailers'
  | 'gzip-bomb';
