import { judgeTrial } from '../../harness/analysis/trial-reasons.ts';
import type { LoadResult } from '../../harness/model/load.ts';
import { quietMachine, resourceUsage } from '../support/factories.ts';

/** The codes by which a load is judged, on a quiet machine whose CPUs target and driver do not share. */
export function codesOf(load: LoadResult, resources = resourceUsage()): string[] {
  const cpus = { target: [1], driver: [0], disjoint: true };
  const figures = { load, resources, machine: quietMachine() };
  const judged = judgeTrial(figures, { scenario: { drain: 2_000 }, cpus });
  return [...load.reasons, ...judged].map(({ code }) => code);
}

export function isUnsteady(load: LoadResult): boolean {
  return codesOf(load).includes('NOT_STEADY');
}
