import { HarnessError } from '../base/errors.ts';
import type { Environment } from '../model/environment.ts';

/** What the fingerprint is made from, with the names that a person knows. */
const PARTS: readonly (readonly [keyof Environment, string])[] = [
  ['architecture', 'architecture'],
  ['cpuModel', 'CPU'],
  ['logicalCpus', 'CPUs'],
  ['cpuQuotaCores', 'CPU quota'],
  ['smt', 'SMT'],
  ['hypervisor', 'hypervisor'],
  ['kernel', 'kernel'],
  ['node', 'Node.js'],
];

/**
 * Figures of two machines differ because the machines do. Throws MACHINES_DIFFER naming what differs, or with `force`
 * returns the sentence that must stand beside the figures; nothing where the fingerprints agree.
 */
export function refuseUnlikeMachines(a: Environment, b: Environment, force: boolean): string[] {
  if (a.fingerprint === b.fingerprint) return [];
  const differences = PARTS.flatMap(([key, name]) =>
    a[key] === b[key] ? [] : [`${name} ${String(a[key])} and ${String(b[key])}`],
  );
  const detail = differences.length === 0 ? 'their fingerprints differ' : differences.join('; ');
  if (!force) {
    throw new HarnessError('MACHINES_DIFFER', `the two sides were measured on unlike machines: ${detail}`, {
      fix: 'measure both on one machine, or --force to compare them labelled as such',
    });
  }
  return [`MACHINES DIFFER (${detail}): the differences below are those of the machines too`];
}
