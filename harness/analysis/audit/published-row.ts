/** One result as some tool published it, in our units. Null where the tool does not say. */
export interface PublishedRow {
  /** What a person finds the row by: a framework, a URL. */
  name: string;
  /** Position in the file, from 1. */
  row: number;
  /** Rows with the same group were measured alike, and may be compared. */
  group: string;
  loop: 'closed' | 'open' | null;
  connections: number | null;
  pipelining: number;
  durationS: number | null;
  /** As published, in responses per second. */
  rps: number | null;
  /** Responses counted, of whatever kind. */
  responses: number | null;
  /** Responses with an error status, requests without a response. */
  errorResponses: number | null;
  failedRequests: number | null;
  latencyUs: PublishedLatency;
}

export interface PublishedLatency {
  min: number | null;
  mean: number | null;
  max: number | null;
  /** By percentile, in ascending order. */
  percentiles: readonly (readonly [percentile: number, us: number])[];
  /** How far rounding alone may put the mean off, in µs: half of its last printed digit, or the grain of the samples. */
  resolutionUs: number;
}

export const NO_LATENCY: PublishedLatency = {
  min: null,
  mean: null,
  max: null,
  percentiles: [],
  resolutionUs: 0,
};

/** A row about which nothing is known yet but where it stands. */
export function emptyRow(name: string, row: number): PublishedRow {
  return {
    name,
    row,
    group: '',
    loop: null,
    connections: null,
    pipelining: 1,
    durationS: null,
    rps: null,
    responses: null,
    errorResponses: null,
    failedRequests: null,
    latencyUs: NO_LATENCY,
  };
}
