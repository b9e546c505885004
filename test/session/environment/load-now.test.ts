import { describe, expect, it } from 'vitest';
import { viewMachine } from '../../../harness/session/environment/examine.ts';
import { examined, finding, onServerWith } from './examined.ts';
import {
  type Files,
  fixtureMachine,
  machineStat,
  OWN_PID,
  processStat,
  TUNED_SERVER,
} from './fixture-machine.ts';

describe('the border of', () => {
  const limits = (soft: number): Files => ({
    '/proc/self/limits': `Max open files            ${soft}                 65536                files`,
  });
  const ports = (first: number): Files => ({ '/proc/sys/net/ipv4/ip_local_port_range': `${first}\t30000` });
  const somaxconn = (length: number): Files => ({ '/proc/sys/net/core/somaxconn': `${length}` });

  it.each([
    ['open-files', limits(4_096), limits(4_095)],
    ['ephemeral-ports', ports(15_001), ports(15_002)],
    ['somaxconn', somaxconn(1_024), somaxconn(1_023)],
  ])('%s lies between the last good value and the first bad one', async (id, good, bad) => {
    expect((await onServerWith(id, good)).status).toBe('ok');
    expect((await onServerWith(id, bad)).status).toBe('warn');
  });

  it('CPU pressure is a fifth of the time', async () => {
    const waited = (us: number): Files => ({
      '/proc/pressure/cpu': `some avg10=99.00 avg60=0.00 avg300=0.00 total=${1_000 + us}`,
    });
    expect((await onServerWith('cpu-pressure', {}, waited(40_000))).status).toBe('ok');
    expect((await onServerWith('cpu-pressure', {}, waited(41_000))).status).toBe('unfit');
  });

  it('steal is a twentieth of the CPU time', async () => {
    const stolen = (steal: number): Files => ({
      '/proc/stat': machineStat({ user: 100, idle: 1_100 - steal, steal }),
    });
    expect((await onServerWith('steal', {}, stolen(5))).status).toBe('ok');
    expect((await onServerWith('steal', {}, stolen(6))).status).toBe('unfit');
  });

  it('other load is a twentieth of our CPUs, or one process with half of one', async () => {
    const used = (ticks: number): Files => ({
      '/proc/stat': machineStat({ user: 100 + ticks, idle: 1_080 - ticks }),
      '/proc/7/stat': processStat(7, 'make', ticks),
    });
    const before = { '/proc/7/stat': processStat(7, 'make', 0) };
    expect((await onServerWith('other-load', before, used(4))).status).toBe('ok');
    expect((await onServerWith('other-load', before, used(5))).status).toBe('unfit');

    const many = { ...TUNED_SERVER, ...before, '/proc/self/status': 'Cpus_allowed_list:\t0-63' };
    const onMany = async (ticks: number): Promise<string> =>
      finding(await examined(many, { later: used(ticks), host: { logicalCpus: 64 } }), 'other-load').status;
    expect(await onMany(9)).toBe('ok');
    expect(await onMany(10)).toBe('unfit');
  });

  it('interrupts is a thousand a second for each CPU of the target', async () => {
    const counted = (cpu3: number): Files => ({
      '/proc/interrupts': `     CPU0 CPU1 CPU2 CPU3\n 24: 10 0 0 ${5 + cpu3} IO-APIC eth0`,
    });
    expect((await onServerWith('irq-affinity', {}, counted(400))).status).toBe('ok');
    expect((await onServerWith('irq-affinity', {}, counted(401))).status).toBe('warn');
  });
});

describe('a look at the machine', () => {
  it('takes one sleep of 200 ms, and asks for tools only after it', async () => {
    const machine = fixtureMachine(TUNED_SERVER);
    const askedAtUs: number[] = [];
    await viewMachine(machine, async () => {
      askedAtUs.push(machine.clock.monotonicUs());
      return new Map();
    });
    expect(askedAtUs).toEqual([200_000]);
    expect(machine.clock.monotonicUs()).toBe(200_000);
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
      status: 'unfit',
      value: '50 % now, 40 % over 10 s',
    });
  });

  it('counts steal as a share of all CPU time', async () => {
    const later = { '/proc/stat': machineStat({ user: 100, idle: 1_070, steal: 10 }) };
    expect(await onServerWith('steal', {}, later)).toMatchObject({
      status: 'unfit',
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
      status: 'unfit',
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
