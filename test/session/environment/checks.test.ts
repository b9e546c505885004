import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../harness/session/environment/check.ts';
import { CHECKS, MACHINE_CHECKS } from '../../../harness/session/environment/checks/index.ts';
import { examine, type FitnessReport, viewMachine } from '../../../harness/session/environment/examine.ts';
import type { Host } from '../../../harness/session/environment/machine-facts.ts';
import type { ToolAnswer } from '../../../harness/session/environment/tools.ts';
import {
  type Files,
  fixtureMachine,
  LAPTOP,
  machineStat,
  OWN_PID,
  processStat,
  QUIET,
  TUNED_SERVER,
  V1_VM,
} from './fixture-machine.ts';

async function examined(
  files: Files,
  options: { later?: Files; host?: Partial<Host>; tools?: Record<string, ToolAnswer> } = {},
): Promise<FitnessReport> {
  const view = await viewMachine(
    fixtureMachine(files, options),
    async () => new Map(Object.entries(options.tools ?? {})),
  );
  return examine(options.tools === undefined ? MACHINE_CHECKS : CHECKS, view);
}

function finding({ findings }: FitnessReport, id: string): Finding {
  const found = findings.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no finding ${id}`);
  return found;
}

function idsWith({ findings }: FitnessReport, status: Finding['status']): string[] {
  return findings.filter((one) => one.status === status).map(({ id }) => id);
}

/** The finding on a tuned server of which some files are replaced. */
async function onServerWith(id: string, files: Files, later: Files = QUIET): Promise<Finding> {
  return finding(await examined({ ...TUNED_SERVER, ...files }, { later }), id);
}

describe('a tuned and quiet server', () => {
  it('is fit: every check says ok', async () => {
    const report = await examined(TUNED_SERVER, { later: QUIET });
    expect(idsWith(report, 'ok')).toEqual(MACHINE_CHECKS.map(({ id }) => id));
    expect(report.warnings).toEqual([]);
  });
});

describe('a laptop out of the box', () => {
  it('is warned of for what bends its figures, and for nothing else', async () => {
    const report = await examined(LAPTOP, { later: QUIET });
    expect(idsWith(report, 'warn')).toEqual(['smt', 'governor', 'turbo', 'huge-pages', 'open-files']);
    expect(idsWith(report, 'unknown')).toEqual([]);
  });

  it('is told the command that changes each', async () => {
    const report = await examined(LAPTOP, { later: QUIET });
    expect(finding(report, 'governor').fix).toBe('sudo cpupower frequency-set -g performance');
    expect(finding(report, 'turbo').fix).toBe(
      'echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo',
    );
    expect(finding(report, 'huge-pages').fix).toMatch(/^echo madvise \| sudo tee /);
  });

  it('learns that driver and target share cores when hardware threads are split between them', async () => {
    expect(finding(await examined(LAPTOP), 'smt').value).toBe('on: driver and target share cores');
  });

  it('gives warnings that read as sentences by themselves', async () => {
    const { warnings } = await examined(LAPTOP, { later: QUIET });
    expect(warnings).toContain('CPU governor: powersave (clock rates follow the load).');
    expect(warnings).toHaveLength(5);
  });
});

describe('a virtual machine with control groups of version 1', () => {
  it('shows its hypervisor, its quota through the parent group, its short queue and its slow clock', async () => {
    const report = await examined(V1_VM, { host: { logicalCpus: 2 } });
    expect(idsWith(report, 'warn')).toEqual(['cpu-quota', 'virtual-machine', 'clock-source', 'somaxconn']);
    expect(finding(report, 'virtual-machine').value).toBe('yes, QEMU');
    expect(finding(report, 'cpu-quota').value).toBe('1.5 cores');
    expect(finding(report, 'cgroup')).toMatchObject({ status: 'ok', value: 'v1' });
    expect(finding(report, 'clock-source').fix).toMatch(/^echo kvm-clock \| sudo tee /);
  });

  it('does not know what only bare metal tells', async () => {
    const report = await examined(V1_VM);
    expect(idsWith(report, 'unknown')).toEqual(
      expect.arrayContaining(['governor', 'turbo', 'cpu-pressure', 'numa']),
    );
    expect(finding(report, 'governor').fix).toBeNull();
  });
});

describe('a container without pressure files', () => {
  it('says so, and judges the rest as before', async () => {
    const { '/proc/pressure/cpu': _, ...files } = TUNED_SERVER;
    const { '/proc/pressure/cpu': __, ...later } = QUIET;
    const report = await examined(files, { later });
    expect(finding(report, 'cpu-pressure')).toMatchObject({
      status: 'unknown',
      value: 'not told: kernel without PSI',
    });
    expect(idsWith(report, 'unknown')).toEqual(['cpu-pressure']);
  });

  it('finds the quota of its own group where the kernel hides the path to it', async () => {
    const files = { '/sys/fs/cgroup/cpu.max': '50000 100000', '/proc/self/cgroup': '0::/../../other' };
    expect(await onServerWith('cpu-quota', files)).toMatchObject({ status: 'warn', value: '0.5 cores' });
  });

  it('has no quota where the group says max', async () => {
    const files = { '/sys/fs/cgroup/cpu.max': 'max 100000' };
    expect(await onServerWith('cpu-quota', files)).toMatchObject({ status: 'ok', value: 'none' });
  });
});

describe('a system without /proc and /sys', () => {
  it('is unknown in every respect, which is no warning and no crash', async () => {
    const report = await examined({}, { host: { osType: 'Darwin', kernel: '24.1.0', logicalCpus: 8 } });
    expect(idsWith(report, 'unknown')).toEqual(MACHINE_CHECKS.map(({ id }) => id));
    expect(report.warnings).toEqual([]);
  });
});

describe('files that hold nonsense', () => {
  it('are unknown at worst: no check throws on them', async () => {
    for (const nonsense of ['', '-', '999999999999999999999', '\u0000\u001b[31m', ') ( S', '[', '4-1']) {
      const files = Object.fromEntries(Object.keys(TUNED_SERVER).map((file) => [file, nonsense]));
      const { findings } = await examined({ ...files, '/proc/7/stat': nonsense }, { later: files });
      expect(findings).toHaveLength(MACHINE_CHECKS.length);
    }
  });
});

describe('the check of', () => {
  it('CPUs warns where there is only one for target and driver', async () => {
    const only = await onServerWith('cpus', { '/proc/self/status': 'Cpus_allowed_list:\t2' });
    expect(only).toMatchObject({ status: 'warn', value: '1 of 4 (1 core, 1 socket)' });
  });

  it('CPUs counts cores, not hardware threads', async () => {
    expect(finding(await examined(LAPTOP), 'cpus').value).toBe('4 (2 cores, 1 socket)');
  });

  it('SMT says which kind of sharing it is: siblings that stay on one side do not meet', async () => {
    const pairs = ['0-1', '0-1', '2-3', '2-3'];
    const files = Object.fromEntries(
      pairs.map((list, cpu) => [`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, list]),
    );
    const found = await onServerWith('smt', { ...files, '/sys/devices/system/cpu/smt/active': '1' });
    expect(found).toMatchObject({ status: 'warn', value: 'on' });
  });

  it('virtual machine does not claim bare metal where processors have no flag for it', async () => {
    const arm = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd' };
    expect((await onServerWith('virtual-machine', arm)).status).toBe('unknown');
  });

  it('clock source points to the log where the kernel offers no faster one', async () => {
    const clocks = '/sys/devices/system/clocksource/clocksource0';
    const files = {
      [`${clocks}/current_clocksource`]: 'hpet',
      [`${clocks}/available_clocksource`]: 'hpet acpi_pm',
    };
    expect(await onServerWith('clock-source', files)).toMatchObject({
      status: 'warn',
      value: 'hpet: slow',
      fix: 'dmesg | grep -i tsc',
    });
  });

  it('the governor names each that is in use', async () => {
    const file = '/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor';
    const found = await onServerWith('governor', { [file]: 'schedutil' });
    expect(found).toMatchObject({ status: 'warn', value: 'performance, schedutil' });
  });

  it('turbo knows the switch of AMD, which is the other way round', async () => {
    const { '/sys/devices/system/cpu/intel_pstate/no_turbo': _, ...files } = TUNED_SERVER;
    const boost = '/sys/devices/system/cpu/cpufreq/boost';
    expect(finding(await examined({ ...files, [boost]: '0' }), 'turbo').status).toBe('ok');
    expect(finding(await examined({ ...files, [boost]: '1' }), 'turbo')).toMatchObject({
      status: 'warn',
      fix: `echo 0 | sudo tee ${boost}`,
    });
  });

  it('isolated CPUs warns only where the threads of a target would all stay on one', async () => {
    const file = '/sys/devices/system/cpu/isolated';
    expect(await onServerWith('isolated-cpus', { [file]: '2-3' })).toMatchObject({
      status: 'warn',
      fix: 'taskset -c 0-1 npm run bench',
    });
    expect(
      await onServerWith('isolated-cpus', { [file]: '2-3', '/proc/self/status': 'Cpus_allowed_list:\t0-1' }),
    ).toMatchObject({ status: 'ok', value: '2-3, harmless' });
  });

  it('NUMA nodes warns where our CPUs span several, and names the first', async () => {
    const files = {
      '/sys/devices/system/node/online': '0-1',
      '/sys/devices/system/node/node0/cpulist': '0-1',
      '/sys/devices/system/node/node1/cpulist': '2-3',
    };
    expect(await onServerWith('numa', files)).toMatchObject({
      status: 'warn',
      value: '2, ours span 2',
      fix: 'numactl --cpunodebind=0 --membind=0 npm run bench',
    });
    const pinned = { ...files, '/proc/self/status': 'Cpus_allowed_list:\t2-3' };
    expect(await onServerWith('numa', pinned)).toMatchObject({ status: 'ok', value: '2, ours are on 1' });
  });

  it('congestion control warns of one that paces', async () => {
    const file = '/proc/sys/net/ipv4/tcp_congestion_control';
    expect((await onServerWith('congestion-control', { [file]: 'bbr' })).status).toBe('warn');
    expect((await onServerWith('congestion-control', { [file]: 'reno' })).status).toBe('ok');
  });

  it('TCP Fast Open warns only where listeners get it unasked', async () => {
    const file = '/proc/sys/net/ipv4/tcp_fastopen';
    expect(await onServerWith('fast-open', { [file]: '3' })).toMatchObject({
      status: 'ok',
      value: 'client and server',
    });
    expect(await onServerWith('fast-open', { [file]: '1027' })).toMatchObject({ status: 'warn' });
    expect(await onServerWith('fast-open', { [file]: '0' })).toMatchObject({ status: 'ok', value: 'off' });
  });

  it('ephemeral ports warns of a narrow range', async () => {
    const file = '/proc/sys/net/ipv4/ip_local_port_range';
    expect(await onServerWith('ephemeral-ports', { [file]: '50000\t51999' })).toMatchObject({
      status: 'warn',
      value: '2,000 (50000-51999)',
    });
  });

  it('open files takes unlimited for enough', async () => {
    const limits = {
      '/proc/self/limits': 'Max open files            unlimited            unlimited    files',
    };
    expect(await onServerWith('open-files', limits)).toMatchObject({ status: 'ok', value: 'unlimited' });
  });
});

describe('the load of the moment', () => {
  it('is no pressure when only the average of the past is high: what made it has ended', async () => {
    const past = { '/proc/pressure/cpu': 'some avg10=80.00 avg60=0.00 avg300=0.00 total=1000' };
    expect((await onServerWith('cpu-pressure', past, past)).status).toBe('ok');
  });

  it('is pressure when tasks waited just now and before', async () => {
    const busy = (totalUs: number): Files => ({
      '/proc/pressure/cpu': `some avg10=40.00 avg60=0.00 avg300=0.00 total=${totalUs}`,
    });
    expect(await onServerWith('cpu-pressure', busy(1_000), busy(101_000))).toMatchObject({
      status: 'warn',
      value: '50 % now, 40 % over 10 s',
    });
  });

  it('counts steal as a share of all CPU time', async () => {
    const later = { '/proc/stat': machineStat({ user: 100, idle: 1_070, steal: 10 }) };
    expect(await onServerWith('steal', {}, later)).toMatchObject({
      status: 'warn',
      value: '12.5 % of CPU time',
    });
  });

  it('names who uses the CPUs, and leaves ourselves out', async () => {
    const files = {
      '/proc/7/stat': processStat(7, 'make', 100),
      '/proc/8/stat': processStat(8, 'idle one', 4),
      [`/proc/${OWN_PID}/stat`]: processStat(OWN_PID, 'node', 50),
    };
    const later = {
      '/proc/stat': machineStat({ user: 130, idle: 1_050 }),
      '/proc/7/stat': processStat(7, 'make', 120),
      [`/proc/${OWN_PID}/stat`]: processStat(OWN_PID, 'node', 60),
    };
    expect(await onServerWith('other-load', files, later)).toMatchObject({
      status: 'warn',
      value: '1.00 CPUs: make 1.00',
      fix: 'stop what you can spare: ps -fp 7',
    });
  });

  it('admits when those who use the CPUs cannot be seen', async () => {
    const later = { '/proc/stat': machineStat({ user: 140, idle: 1_040 }) };
    expect((await onServerWith('other-load', {}, later)).value).toBe('2.00 CPUs, by whom is hidden');
  });

  it('counts the interrupts of devices on the CPUs of the target only', async () => {
    const line = (cpu0: number, cpu3: number): Files => ({
      '/proc/interrupts': `   CPU0 CPU1 CPU2 CPU3\n 24: ${cpu0} 0 0 ${cpu3} IO-APIC eth0\nLOC: 0 0 ${cpu0} 0`,
    });
    expect(await onServerWith('irq-affinity', line(0, 0), line(90_000, 10))).toMatchObject({
      status: 'ok',
      value: '50/s on CPU 2-3',
    });
    expect(await onServerWith('irq-affinity', line(0, 0), line(0, 2_000))).toMatchObject({
      status: 'warn',
      fix: 'for f in /proc/irq/*/smp_affinity_list; do echo 0-1 | sudo tee $f; done',
    });
  });
});

describe('tools', () => {
  const silent: ToolAnswer = { kind: 'silent', why: 'Cannot connect to the Docker daemon' };
  const missing: ToolAnswer = { kind: 'missing' };

  it('that are missing come with where to get them; a missing browser is nothing to warn of', async () => {
    const report = await examined(TUNED_SERVER, { later: QUIET, tools: { go: missing, browser: missing } });
    expect(finding(report, 'go')).toMatchObject({ status: 'warn', fix: 'https://go.dev/doc/install' });
    expect(finding(report, 'browser')).toMatchObject({ status: 'ok', value: 'none found' });
  });

  it('that do not answer are told from those that are not there', async () => {
    const report = await examined(TUNED_SERVER, { later: QUIET, tools: { docker: silent } });
    expect(finding(report, 'docker')).toMatchObject({ status: 'warn', value: silent.why });
    expect(finding(report, 'docker').fix).toMatch(/systemctl start docker/);
  });

  it('show their versions', async () => {
    const report = await examined(TUNED_SERVER, { tools: { cargo: { kind: 'version', version: '1.95.0' } } });
    expect(finding(report, 'cargo')).toMatchObject({ status: 'ok', value: '1.95.0' });
    expect(finding(report, 'node')).toMatchObject({ status: 'ok', value: '24.1.0' });
  });
});

describe('the registry', () => {
  it('gives each check an id of its own and a reason that fits beside it in 100 columns', async () => {
    const { findings } = await examined(TUNED_SERVER, { tools: {} });
    expect(new Set(findings.map(({ id }) => id)).size).toBe(CHECKS.length);
    expect(findings.filter(({ why }) => why.length > 46 || why === '')).toEqual([]);
  });
});
