import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { refuseUnfitMachine } from '../../harness/commands/preflight.ts';
import { CHECKS, MACHINE_CHECKS } from '../../harness/session/environment/checks/index.ts';
import { readSession } from '../../harness/store/session-store.ts';
import {
  type Files,
  fixtureMachine,
  LAPTOP,
  machineStat,
  QUIET,
  TUNED_SERVER,
  V1_VM,
} from '../session/environment/fixture-machine.ts';
import { scratchFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { repository } from '../support/source-tree.ts';

const onServerWith = async (files: Files, later: Files = QUIET): Promise<void> =>
  refuseUnfitMachine(fixtureMachine({ ...TUNED_SERVER, ...files }, { later }));

/** What a refusal names, one line a cause. */
async function causes(refusal: Promise<void>): Promise<string[]> {
  const error: unknown = await refusal.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) return [];
  return error.message.split('\n').slice(1);
}

describe('a run that is strict', () => {
  it('is not refused on a quiet server, nor where warnings bend all figures alike', async () => {
    await expect(onServerWith({})).resolves.toBeUndefined();
    const virtual = {
      '/proc/cpuinfo': 'model name\t: Test CPU\nflags\t\t: fpu tsc hypervisor',
      '/proc/sys/net/core/somaxconn': '128',
      '/sys/kernel/mm/transparent_hugepage/enabled': '[always] madvise never',
    };
    await expect(onServerWith(virtual)).resolves.toBeUndefined();
  });

  it('is refused with exit code 4, one line a cause, and not for what only warns', async () => {
    const refused = refuseUnfitMachine(fixtureMachine(LAPTOP, { later: QUIET }));
    await expect(refused).rejects.toMatchObject({ code: 'PREFLIGHT', exitCode: 4 });
    expect(await causes(refuseUnfitMachine(fixtureMachine(LAPTOP, { later: QUIET })))).toEqual([
      '  - CPU governor: powersave (clock rates follow the load).',
    ]);
    const onVm = await causes(refuseUnfitMachine(fixtureMachine(V1_VM, { host: { logicalCpus: 2 } })));
    expect(onVm.map((line) => line.split(':')[0])).toEqual(['  - CPU quota', '  - Clock source']);
  });

  it('is refused while others load the machine, or its host takes CPU time away', async () => {
    const stolen = { '/proc/stat': machineStat({ user: 100, idle: 1_060, steal: 20 }) };
    expect(await causes(onServerWith({}, stolen))).toEqual([expect.stringMatching(/^ {2}- Steal: /)]);
    const loaded = { '/proc/stat': machineStat({ user: 140, idle: 1_040 }) };
    expect(await causes(onServerWith({}, loaded))).toEqual([expect.stringMatching(/^ {2}- Other load: /)]);
  });

  it('goes by checks that say when, and by none that looks at tools', () => {
    const decisive = CHECKS.filter(({ unfitWhen }) => unfitWhen !== null);
    expect(decisive.map(({ id }) => id)).toEqual([
      'cpus',
      'cpu-quota',
      'smt',
      'governor',
      'isolated-cpus',
      'cpu-pressure',
      'steal',
      'other-load',
      'clock-source',
    ]);
    expect(decisive.filter((check) => !MACHINE_CHECKS.includes(check))).toEqual([]);
  });
});

/** `run` as a process that may use one CPU only: unfit on every machine. */
function runOnOneCpu(context: TestContext, flags: readonly string[], results: string) {
  if (spawnSync('taskset', ['-c', '0', 'true']).status !== 0) context.skip('needs taskset and CPU 0');
  const args = ['run', '--no-build', '--target', 'node-http', '--scenario', '1kb', '--results', results];
  const time = ['--rounds', '1', '--duration', '300ms', '--warmup', '100ms', '--connections', '2'];
  const cli = path.join(repository, 'harness', 'cli.ts');
  return spawnSync('taskset', ['-c', '0', process.execPath, cli, ...args, ...time, ...flags], {
    encoding: 'utf8',
    cwd: repository,
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: scratchFolder(), NO_COLOR: '1' },
    timeout: 60_000,
  });
}

describe('httpdyno run on a machine of one CPU', () => {
  it('with --strict ends with exit code 4, and has started and written nothing', (context) => {
    const results = scratchFolder();
    const { status, stdout, stderr } = runOnOneCpu(context, ['--strict', '--id', 'strict-one'], results);
    expect({ status, stdout }, stderr).toEqual({ status: 4, stdout: '' });
    expect(stderr).toMatch(/^httpdyno: --strict: this machine is not fit to measure\n/);
    expect(stderr).toMatch(/\n {2}- CPUs: 1 of \d+ .*\(target and driver need CPUs of their own\)\.\n/);
    expect(stderr).toMatch(/\n {2}fix: `httpdyno doctor` /);
    expect(readdirSync(results)).toEqual([]);
    expect(processesWith('HTTPDYNO_SESSION=strict-one')).toEqual([]);
  });

  it('without it measures, keeps the finding in the session, and shows it beside the figures', async (context) => {
    const results = scratchFolder();
    const { status, stdout, stderr } = runOnOneCpu(context, ['--id', 'lenient-one'], results);
    expect([0, 3], stderr).toContain(status);
    const { environment } = await readSession(results, 'lenient-one');
    const finding = environment.warnings.find((warning) => warning.startsWith('Unfit: CPUs: 1 of '));
    expect(finding).toBeDefined();
    expect(stdout.replace(/\s+/g, ' ')).toContain('Unfit: CPUs: 1 of ');
  });
});
