import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PERIOD_US = 100_000;

/** A control group that gives its processes a share of one CPU. */
export interface CpuCap {
  add(pid: number): void;
  /** Waits until nothing is left in it. */
  remove(): Promise<void>;
}

/** Makes a group with a quota (cgroup v1 or v2), or says why this process cannot. */
export function createCpuCap(cores: number): CpuCap | string {
  const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const root = isV2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu';
  const folder = path.join(root, `httpdyno-test-${process.pid}-${Math.round(performance.now())}`);
  const quotaUs = Math.round(cores * PERIOD_US);
  try {
    mkdirSync(folder);
    if (isV2) writeFileSync(path.join(folder, 'cpu.max'), `${quotaUs} ${PERIOD_US}`);
    else {
      writeFileSync(path.join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(path.join(folder, 'cpu.cfs_quota_us'), String(quotaUs));
    }
  } catch (error) {
    return `no control group with a CPU quota can be made here: ${String(error)}`;
  }
  return {
    add: (pid) => writeFileSync(path.join(folder, 'cgroup.procs'), String(pid)),
    remove: async () => {
      const procs = path.join(folder, 'cgroup.procs');
      for (let i = 0; i < 100 && readFileSync(procs, 'utf8') !== ''; i++) await delay(20);
      rmdirSync(folder);
    },
  };
}
