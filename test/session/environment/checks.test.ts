import { describe, expect, it } from 'vitest';
import { CHECKS, MACHINE_CHECKS } from '../../../harness/session/environment/checks/index.ts';
import type { ToolAnswer } from '../../../harness/session/environment/tools.ts';
import { examined, finding, idsWith, onServerWith } from './examined.ts';
import { type Files, LAPTOP, QUIET, TUNED_SERVER, V1_VM } from './fixture-machine.ts';

describe('a tuned and quiet server', () => {
  it('is fit: every check says ok', async () => {
    const report = await examined(TUNED_SERVER, { later: QUIET });
    expect(idsWith(report, 'ok')).toEqual(MACHINE_CHECKS.map(({ id }) => id));
    expect(report).toMatchObject({ warnings: [], unfit: [] });
  });
});

describe('a laptop out of the box', () => {
  it('is warned of for what bends its figures, and for nothing else', async () => {
    const report = await examined(LAPTOP, { later: QUIET });
    expect(idsWith(report, 'warn')).toEqual(['smt', 'turbo', 'huge-pages', 'open-files']);
    expect(idsWith(report, 'unfit')).toEqual(['governor']);
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

  it('learns that driver and target share a core only where there is but one to share', async () => {
    expect(finding(await examined(LAPTOP), 'smt')).toMatchObject({ status: 'warn', value: 'on' });
    const oneCore = { ...LAPTOP, '/proc/self/status': 'Cpus_allowed_list:\t0,2' };
    expect(finding(await examined(oneCore), 'smt')).toMatchObject({
      status: 'unfit',
      value: 'on: driver and target share cores',
    });
  });

  it('gives warnings that read as sentences by themselves', async () => {
    const { warnings } = await examined(LAPTOP, { later: QUIET });
    expect(warnings[0]).toBe('Unfit: CPU governor: powersave (clock rates follow the load).');
    expect(warnings).toContain('Turbo: on (clock rates follow heat and load).');
    expect(warnings).toHaveLength(5);
  });
});

describe('a virtual machine with control groups of version 1', () => {
  it('shows its hypervisor, its quota through the parent group, its short queue and its slow clock', async () => {
    const report = await examined(V1_VM, { host: { logicalCpus: 2 } });
    expect(idsWith(report, 'warn')).toEqual(['virtual-machine', 'somaxconn']);
    expect(idsWith(report, 'unfit')).toEqual(['cpu-quota', 'clock-source']);
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
    expect(await onServerWith('cpu-quota', files)).toMatchObject({ status: 'unfit', value: '0.5 cores' });
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
    expect(only).toMatchObject({ status: 'unfit', value: '1 of 4 (1 core, 1 socket)' });
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
      status: 'unfit',
      value: 'hpet: slow',
      fix: 'dmesg | grep -i tsc',
    });
  });

  it('the governor names each that is in use', async () => {
    const file = '/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor';
    const found = await onServerWith('governor', { [file]: 'schedutil' });
    expect(found).toMatchObject({ status: 'unfit', value: 'performance, schedutil' });
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
      status: 'unfit',
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

describe('the clock source', () => {
  it.each(['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter'])(
    '%s is read without entering the kernel',
    async (name) => {
      const file = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
      expect(await onServerWith('clock-source', { [file]: name })).toMatchObject({
        status: 'ok',
        value: name,
      });
    },
  );

  it.each(['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'xen'])('%s is slow', async (name) => {
    const file = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
    expect(await onServerWith('clock-source', { [file]: name })).toMatchObject({
      status: 'unfit',
      fix: 'echo tsc | sudo tee /sys/devices/system/clocksource/*/current_clocksource',
    });
  });
});

describe('control groups', () => {
  const mounts = (...lines: string[]): Files => ({ '/proc/self/mounts': lines.join('\n') });
  const v1 = 'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0';
  const v2 = 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0';

  it('are told by what is mounted', async () => {
    expect((await onServerWith('cgroup', mounts(v1))).value).toBe('v1');
    expect((await onServerWith('cgroup', mounts(v2))).value).toBe('v2');
    expect((await onServerWith('cgroup', mounts(v1, v2))).value).toBe('v1, with v2 beside it');
  });

  it('that only name processes for systemd count nothing', async () => {
    const named = 'cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0';
    expect(await onServerWith('cgroup', mounts(named))).toMatchObject({
      status: 'unknown',
      value: 'none: processes are counted one by one',
    });
  });

  it('hold the tightest quota of all groups above ours', async () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b',
      '/sys/fs/cgroup/a/cpu.max': '200000 100000',
      '/sys/fs/cgroup/a/b/cpu.max': '300000 100000',
    };
    expect(await onServerWith('cpu-quota', files)).toMatchObject({ status: 'unfit', value: '2 cores' });
    const tighter = { ...files, '/sys/fs/cgroup/a/b/cpu.max': '100000 100000' };
    expect((await onServerWith('cpu-quota', tighter)).value).toBe('1 core');
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
