import { HarnessError } from '../base/errors.ts';
import { MACHINE_CHECKS } from '../session/environment/checks/index.ts';
import {
  examine,
  fitness,
  type MachineSource,
  thisMachine,
  viewMachine,
} from '../session/environment/examine.ts';
import { kernelTree } from '../session/environment/kernel-tree.ts';
import { openFilesLimit } from '../session/environment/machine-facts.ts';

/** Files that the harness has open beside the connections of a load: libraries, pipes, sockets, counters of the kernel. */
const OWN_FILES = 64;

/** Refuses more connections than this process may have files open: each is one. An unknown limit is no obstacle. */
export function refuseTooManyConnections(connections: number, limit = openFilesLimit(kernelTree())): void {
  const needed = connections + OWN_FILES;
  if (limit === null || needed <= limit) return;
  throw new HarnessError(
    'PREFLIGHT',
    `FD_LIMIT: ${connections} connections need ${needed} open files, and the limit here is ${limit}`,
    { fix: `\`ulimit -n ${needed}\`, or --connections ${Math.max(1, limit - OWN_FILES)}` },
  );
}

/**
 * Refuses a machine on which figures would move by chance, by the verdict of `doctor`: exit code 4, every cause named.
 * What tools are missing bends no figure, so none is asked for.
 */
export async function refuseUnfitMachine(machine: MachineSource = thisMachine()): Promise<void> {
  const verdict = fitness(examine(MACHINE_CHECKS, await viewMachine(machine, async () => new Map())));
  if (verdict.kind === 'unfit') throw verdict.refusal;
}
