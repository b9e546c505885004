import { describe, expect, it } from 'vitest';
import { environmentSchema } from '../../harness/model/environment.ts';
import { allowedCpus, fingerprintOf, probeEnvironment } from '../../harness/session/environment.ts';
import { MACHINE_CHECKS } from '../../harness/session/environment/checks/index.ts';
import { fitness, viewMachine } from '../../harness/session/environment/examine.ts';
import { kernelTree } from '../../harness/session/environment/kernel-tree.ts';
import { formatCpuList, openFilesLimit } from '../../harness/session/environment/machine-facts.ts';
import { environment } from '../support/factories.ts';
import { repository } from '../support/source-tree.ts';
import { fixtureMachine } from './environment/fixture-machine.ts';

describe('the environment of a session', () => {
  it('fits its schema on this machine, whichever it is', async () => {
    const probed = await probeEnvironment(repository);
    expect(environmentSchema.parse(probed)).toEqual(probed);
    expect(probed.logicalCpus).toBeGreaterThanOrEqual(allowedCpus().length);
  });

  it('knows no commit outside a repository, and does not fail', async () => {
    expect((await probeEnvironment('/nonexistent')).gitCommit).toBeNull();
  });

  it('warns in whole sentences', async () => {
    const { warnings } = await probeEnvironment(repository);
    for (const warning of warnings) expect(warning).toMatch(/^[A-Z].*: .+ \(.+\)\.$/);
  });

  it('does not warn of tools: what is not installed bends no figure', async () => {
    const view = await viewMachine(fixtureMachine({}), async () => new Map());
    const groups = MACHINE_CHECKS.map((check) => check.examine(view).group);
    expect(groups).not.toContain('tools');
  });
});

describe('the fingerprint', () => {
  const base = environment();

  it('is that of the machine: load, commit and patch level of the kernel leave it alone', () => {
    const here = fingerprintOf({ ...base, kernel: '6.8.0-45-generic' });
    expect(fingerprintOf({ ...base, kernel: '6.8.0-51-generic' })).toBe(here);
    expect(fingerprintOf({ ...base, kernel: '6.9.0-45-generic' })).not.toBe(here);
  });

  it('changes with each part that decides over figures', () => {
    const changes = [
      { architecture: 'other' },
      { cpuModel: 'other' },
      { logicalCpus: 99 },
      { cpuQuotaCores: 1.5 },
      { smt: true },
      { hypervisor: 'other' },
      { node: 'v99' },
      { kernel: '99.1' },
    ];
    const prints = changes.map((change) => fingerprintOf({ ...base, ...change }));
    expect(new Set([fingerprintOf(base), ...prints]).size).toBe(changes.length + 1);
  });
});

describe('fitness', () => {
  it('is given where nothing moves figures by chance', () => {
    expect(fitness({ unfit: [] })).toEqual({ kind: 'fit' });
  });

  it('is refused with exit code 4, naming every cause and the way to the commands', () => {
    const verdict = fitness({ unfit: ['Unfit: Steal: 9 % (x).', 'Unfit: SMT: on (y).'] });
    expect(verdict).toMatchObject({ kind: 'unfit', refusal: { code: 'PREFLIGHT', exitCode: 4 } });
    if (verdict.kind === 'fit') return;
    expect(verdict.refusal.message).toBe(
      '--strict: this machine is not fit to measure\n  - Steal: 9 % (x).\n  - SMT: on (y).',
    );
    expect(verdict.refusal.fix).toContain('httpdyno doctor');
  });
});

describe('what is read from the kernel', () => {
  it('is null or empty where there is no file, a folder in its place, or no number', () => {
    const tree = kernelTree();
    expect(tree.text('/nonexistent')).toBeNull();
    expect(tree.text('/')).toBeNull();
    expect(tree.integer('/etc')).toBeNull();
    expect(tree.list('/nonexistent')).toEqual([]);
    expect(openFilesLimit(kernelTree('/nonexistent'))).toBeNull();
  });

  it.each([
    [[], ''],
    [[3], '3'],
    [[8, 0, 1, 2, 3], '0-3,8'],
    [[0, 2, 4, 5], '0,2,4-5'],
  ])('shows CPUs %j as "%s"', (cpus, text) => {
    expect(formatCpuList(cpus)).toBe(text);
  });
});
