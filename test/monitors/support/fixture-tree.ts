import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const CONTAINER_ID = 'c0ffee'.repeat(10).concat('beef');

/** A root with its own `/proc` and `/sys`, as another kernel would show them. */
export interface FixtureTree {
  root: string;
  /** Writes a file in place, so that a reader that keeps it open sees the new text. */
  write(file: string, text: string): void;
  remove(file: string): void;
  dispose(): void;
}

export function fixtureTree(files: Readonly<Record<string, string>>): FixtureTree {
  const root = mkdtempSync(path.join(tmpdir(), 'httpdyno-kernel-'));
  const write = (file: string, text: string): void => {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    root,
    write,
    remove: (file) => rmSync(path.join(root, file), { recursive: true, force: true }),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface StatFields {
  pid: number;
  command?: string;
  state?: string;
  parent?: number;
  group?: number;
  session?: number;
  user?: number;
  system?: number;
  childUser?: number;
  childSystem?: number;
  threads?: number;
  start?: number;
}

/** A line as `/proc/<pid>/stat` has it. */
export function statLine(fields: StatFields): string {
  const { pid, command = 'server', state = 'S', parent = 1, group = pid, session = group } = fields;
  const { user = 0, system = 0, childUser = 0, childSystem = 0, threads = 1, start = 100 } = fields;
  const head = [pid, `(${command})`, state, parent, group, session, 0, -1, 4194304, 500, 0, 0, 0];
  return `${[...head, user, system, childUser, childSystem, 20, 0, threads, 0, start, 1_000, 50].join(' ')}\n`;
}

export function statusText(kib: { rss: number; highWater: number; file: number }, threads = 1): string {
  return [
    'Name:\tserver',
    `VmHWM:\t  ${kib.highWater} kB`,
    `VmRSS:\t  ${kib.rss} kB`,
    `RssAnon:\t  ${kib.rss - kib.file} kB`,
    `RssFile:\t  ${kib.file} kB`,
    'RssShmem:\t       0 kB',
    `Threads:\t${threads}\n`,
  ].join('\n');
}

/** The files of one process with one thread. */
export function processFiles(
  fields: StatFields,
  cpuNs: number,
  kib = { rss: 9_000, highWater: 9_500, file: 1_000 },
) {
  const folder = `proc/${fields.pid}`;
  return {
    [`${folder}/stat`]: statLine(fields),
    [`${folder}/status`]: statusText(kib, fields.threads),
    [`${folder}/clear_refs`]: '',
    [`${folder}/task/${fields.pid}/schedstat`]: `${cpuNs} 5 3\n`,
  };
}

export const machineFiles = {
  'proc/stat': 'cpu  100 0 100 1000 0 0 0 10 0 0\ncpu0 100 0 100 1000 0 0 0 10 0 0\n',
  'proc/pressure/cpu':
    'some avg10=12.50 avg60=1.00 avg300=0.10 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
};

const V1_MOUNTS = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:8 - cgroup cgroup rw,memory',
];

function memberships(pid: number, lines: readonly string[]): Record<string, string> {
  return { [`proc/${pid}/cgroup`]: `${lines.join('\n')}\n` };
}

/** A container under cgroup v1, in the layout of most distributions: cpu and cpuacct mounted as one. */
export function v1Container(pid: number): Record<string, string> {
  const group = `/docker/${CONTAINER_ID}`;
  const cpu = `sys/fs/cgroup/cpu,cpuacct${group}`;
  const memory = `sys/fs/cgroup/memory${group}`;
  return {
    'proc/self/mountinfo': `${V1_MOUNTS.join('\n')}\n`,
    ...memberships(pid, [`4:memory:${group}`, `2:cpu,cpuacct:${group}`, `0::${group}`]),
    [`${cpu}/cgroup.procs`]: `${pid}\n`,
    [`${cpu}/cpuacct.usage`]: '5000000000\n',
    [`${cpu}/cpuacct.usage_user`]: '3000000000\n',
    [`${cpu}/cpuacct.usage_sys`]: '1000000000\n',
    [`${memory}/memory.stat`]:
      'cache 1\nrss 2\ntotal_cache 104857600\ntotal_rss 8388608\ntotal_shmem 4194304\n',
    [`${memory}/memory.max_usage_in_bytes`]: '200000000\n',
    [`${memory}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
  };
}

/** A container under cgroup v2 with the systemd driver. */
export function v2Container(pid: number): Record<string, string> {
  const group = `/system.slice/docker-${CONTAINER_ID}.scope`;
  const folder = `sys/fs/cgroup${group}`;
  return {
    'proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n',
    ...memberships(pid, [`0::${group}`]),
    [`${folder}/cgroup.procs`]: `${pid}\n`,
    [`${folder}/cpu.stat`]: 'usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\nnr_periods 0\n',
    [`${folder}/memory.stat`]: 'anon 8388608\nfile 104857600\nkernel 100\nshmem 4194304\n',
    [`${folder}/memory.peak`]: '200000000\n',
    [`${folder}/memory.events`]: 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n',
  };
}

/** Hybrid: memory still has a v1 hierarchy, CPU time is read from the v2 one. */
export function hybridContainer(pid: number): Record<string, string> {
  const group = `/docker/${CONTAINER_ID}`;
  const v1 = v1Container(pid);
  const memory = Object.entries(v1).filter(([file]) => file.startsWith('sys/fs/cgroup/memory/'));
  const folder = `sys/fs/cgroup/unified${group}`;
  return {
    ...Object.fromEntries(memory),
    'proc/self/mountinfo': `${V1_MOUNTS[2]}\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
    ...memberships(pid, [`4:memory:${group}`, `0::${group}`]),
    [`${folder}/cgroup.procs`]: `${pid}\n`,
    [`${folder}/cpu.stat`]: 'usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\n',
  };
}
