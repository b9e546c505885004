import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { runCommand } from '../base/subprocess.ts';
import type { Environment } from '../model/environment.ts';
import { parseCpuList } from './cpu-layout.ts';

/** Reads a small kernel file, or null where there is none. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function readInteger(path: string): number | null {
  const text = readText(path);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** CPUs that this process may run on; all of them where the platform does not tell. */
export function allowedCpus(): number[] {
  const line = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  const all = Array.from({ length: os.cpus().length || 1 }, (_, cpu) => cpu);
  return (line === undefined ? null : parseCpuList(line)) ?? all;
}

/** The machine as it stands now, with what makes it a poor place to measure. Never throws: what cannot be read is null. */
export async function probeEnvironment(repository: string): Promise<Environment> {
  const stable = {
    architecture: os.arch(),
    cpuModel: os.cpus()[0]?.model.trim() ?? 'unknown',
    logicalCpus: os.cpus().length,
    cpuQuotaCores: cpuQuotaCores(),
    smt: smtActive(),
    hypervisor: hypervisor(),
    node: process.version,
  };
  const kernel = os.release();
  const governor = readText('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  return {
    ...stable,
    fingerprint: fingerprintOf({ ...stable, kernel }),
    os: distribution(),
    kernel,
    memoryBytes: os.totalmem(),
    cgroup: cgroupVersion(),
    governor,
    docker: await firstLine('docker', ['version', '--format', '{{.Server.Version}}']),
    somaxconn: readInteger('/proc/sys/net/core/somaxconn'),
    openFilesLimit: openFilesLimit(),
    gitCommit: await firstLine('git', ['-C', repository, 'rev-parse', 'HEAD']),
    warnings: warningsOf({ governor, logicalCpus: stable.logicalCpus, hypervisor: stable.hypervisor }),
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

function warningsOf(seen: Pick<Environment, 'governor' | 'logicalCpus' | 'hypervisor'>): string[] {
  const warnings: string[] = [];
  if (seen.logicalCpus < 2) warnings.push('One CPU: target and driver share it.');
  if (seen.hypervisor !== null) {
    warnings.push(
      `Virtual machine (${seen.hypervisor}): neighbours that nothing here shows can take CPU time.`,
    );
  }
  if (seen.governor !== null && seen.governor !== 'performance') {
    warnings.push(`CPU governor "${seen.governor}": clock rates follow the load.`);
  }
  return warnings;
}

function distribution(): string {
  return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readText('/etc/os-release') ?? '')?.[1] ?? os.type();
}

function smtActive(): boolean | null {
  const active = readText('/sys/devices/system/cpu/smt/active');
  return active === null ? null : active === '1';
}

function hypervisor(): string | null {
  const vendor = readText('/sys/class/dmi/id/sys_vendor') ?? readText('/sys/hypervisor/type');
  const flagged = /^flags\s*:.*\bhypervisor\b/m.test(readText('/proc/cpuinfo') ?? '');
  return flagged ? (vendor ?? 'unknown') : null;
}

/** The CPU quota of our control group in cores (v2 `cpu.max`, v1 `cpu.cfs_quota_us`). */
function cpuQuotaCores(): number | null {
  const [quota, period] = (readText('/sys/fs/cgroup/cpu.max') ?? '').split(' ').map(Number);
  if (quota !== undefined && period !== undefined && quota > 0 && period > 0) return quota / period;
  const v1Quota = Number(readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? '-1');
  const v1Period = Number(readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? '0');
  return v1Quota > 0 && v1Period > 0 ? v1Quota / v1Period : null;
}

function cgroupVersion(): Environment['cgroup'] {
  const mounts = readText('/proc/self/mounts') ?? '';
  const v1 = / cgroup \S*\b(cpuacct|memory)\b/.test(mounts);
  const v2 = / cgroup2 /.test(mounts);
  if (v1) return v2 ? 'hybrid' : 'v1';
  return v2 ? 'v2' : 'none';
}

function openFilesLimit(): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(readText('/proc/self/limits') ?? '')?.[1];
  return soft === undefined ? null : Number(soft);
}

async function firstLine(file: string, args: readonly string[]): Promise<string | null> {
  const result = await runCommand({ file, args }, { timeoutMs: 3_000 });
  const line = result.stdout.split('\n')[0]?.trim() ?? '';
  return result.exitCode === 0 && line !== '' ? line : null;
}
