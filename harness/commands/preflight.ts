import { HarnessError } from '../base/errors.ts';
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
