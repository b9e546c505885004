import { createHash } from 'node:crypto';
import { runCommand } from '../base/subprocess.ts';
import type { Environment } from '../model/environment.ts';
import { MACHINE_CHECKS } from './environment/checks/index.ts';
import { examine, thisMachine, viewMachine } from './environment/examine.ts';
import { kernelTree } from './environment/kernel-tree.ts';
import {
  cgroupVersion,
  coreSiblings,
  cpuQuotaCores,
  distribution,
  governors,
  hypervisor,
  openFilesLimit,
  smtActive,
  thisHost,
  usableCpus,
} from './environment/machine-facts.ts';
import { dockerVersion } from './environment/tools.ts';

const TOOL_TIMEOUT_MS = 3_000;

/** CPUs that this process may run on; all of them where the platform does not tell. */
export function allowedCpus(): number[] {
  return usableCpus(kernelTree(), thisHost().logicalCpus);
}

/** The CPUs of the core that a CPU belongs to. */
export function siblingsOf(cpu: number): number[] {
  return coreSiblings(kernelTree(), cpu);
}

/** The machine as it stands now, with what makes it a poor place to measure. Never throws: what cannot be read is null. */
export async function probeEnvironment(repository: string): Promise<Environment> {
  const machine = thisMachine();
  const { tree, host } = machine;
  // The tools of a machine do not bend its figures, so none is asked for here.
  const { warnings } = examine(MACHINE_CHECKS, await viewMachine(machine, async () => new Map()));
  const stable = {
    architecture: host.architecture,
    cpuModel: host.cpuModel,
    logicalCpus: host.logicalCpus,
    cpuQuotaCores: cpuQuotaCores(tree),
    smt: smtActive(tree),
    hypervisor: hypervisor(tree),
    node: host.node,
  };
  const openFiles = openFilesLimit(tree);
  const [docker, gitCommit] = await Promise.all([
    dockerVersion(TOOL_TIMEOUT_MS),
    commitOf(repository, TOOL_TIMEOUT_MS),
  ]);
  return {
    ...stable,
    fingerprint: fingerprintOf({ ...stable, kernel: host.kernel }),
    os: distribution(tree, host),
    kernel: host.kernel,
    memoryBytes: host.memoryBytes,
    cgroup: cgroupVersion(tree),
    governor: governors(tree).join(', ') || null,
    docker,
    somaxconn: tree.integer('/proc/sys/net/core/somaxconn'),
    openFilesLimit: openFiles !== null && Number.isFinite(openFiles) ? openFiles : null,
    gitCommit,
    warnings,
  };
}

/** SHA-256 over what decides whether figures may be compared: the kernel counts by major.minor only. */
export function fingerprintOf(
  parts: Pick<
    Environment,
    'architecture' | 'cpuModel' | 'logicalCpus' | 'cpuQuotaCores' | 'smt' | 'hypervisor' | 'node' | 'kernel'
  >,
): string {
  const {
    architecture,
    cpuModel,
    logicalCpus,
    cpuQuotaCores: quota,
    smt,
    hypervisor: host,
    node,
    kernel,
  } = parts;
  const release = /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
  const text = JSON.stringify([architecture, cpuModel, logicalCpus, quota, smt, host, node, release]);
  return createHash('sha256').update(text).digest('hex');
}

async function commitOf(repository: string, timeoutMs: number): Promise<string | null> {
  const args = ['-C', repository, 'rev-parse', 'HEAD'];
  const { exitCode, stdout } = await runCommand({ file: 'git', args }, { timeoutMs });
  return exitCode === 0 && stdout !== '' ? stdout : null;
}
