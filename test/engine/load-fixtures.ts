import type { LoadRequest } from '../../harness/model/load.ts';

/** A closed-loop request for 1 s on one connection, with whatever a test wants different. */
export function closedRequest(changes: Partial<LoadRequest> = {}): LoadRequest {
  return {
    host: '127.0.0.1',
    port: 9,
    method: 'GET',
    path: '/',
    headers: {},
    body: null,
    expected: { status: 200, bodyBytes: null, bodySha256: null },
    loop: { kind: 'closed' },
    connections: 1,
    workers: 1,
    pipelining: 1,
    connectionMode: 'keep-alive',
    warmup: { minMs: 0, maxMs: 0 },
    termination: { kind: 'duration', ms: 1_000 },
    drainMs: 1_000,
    requestTimeoutMs: 1_000,
    seed: 1,
    ...changes,
  };
}
