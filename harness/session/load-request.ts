import type { LoadRequest } from '../model/load.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TargetAddress } from '../model/target.ts';

/** The load that a scenario asks of a target at an address. */
export function loadRequestOf(
  scenario: Scenario,
  address: TargetAddress,
  options: { workers: number; seed: number },
): LoadRequest {
  return {
    host: address.host,
    port: address.port,
    method: scenario.request.method,
    path: scenario.request.path,
    headers: scenario.request.headers,
    body: scenario.request.body,
    expected: {
      status: scenario.expect.status,
      bodyBytes: scenario.request.method === 'HEAD' ? 0 : scenario.expect.bodyBytes,
      bodySha256: scenario.request.method === 'HEAD' ? null : scenario.expect.bodySha256,
    },
    loop: scenario.loop,
    connections: scenario.connections,
    workers: Math.min(options.workers, scenario.connections),
    pipelining: 1,
    connectionMode: 'keep-alive',
    warmup: { minMs: scenario.warmup, maxMs: Math.max(scenario.warmup, scenario.warmupMax) },
    termination: { kind: 'duration', ms: scenario.measure },
    drainMs: scenario.drain,
    requestTimeoutMs: scenario.requestTimeout,
    seed: options.seed,
  };
}
