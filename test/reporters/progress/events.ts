import type { RunEvent } from '../../../harness/model/ports.ts';

/** A run of four trials whose first has started. */
export const RUN: readonly RunEvent[] = [
  { kind: 'started', sessionId: 'session-1', trials: 4, estimatedMs: 60_000 },
  { kind: 'trial-started', index: 0, targetId: 'tokio', scenarioId: '1kb', round: 0 },
];

export function load(index: number, throughputRps: number, latencyMeanUs: number | null): RunEvent {
  return {
    kind: 'load',
    index,
    progress: { phase: 'measure', elapsedMs: 2_500, throughputRps, latencyMeanUs },
  };
}

export function ended(
  index: number,
  changes: Partial<Extract<RunEvent, { kind: 'trial-ended' }>> = {},
): Extract<RunEvent, { kind: 'trial-ended' }> {
  return {
    kind: 'trial-ended',
    index,
    verdict: 'valid',
    reasons: [],
    throughputRps: 147_000,
    etaMs: 45_000,
    ...changes,
  };
}
