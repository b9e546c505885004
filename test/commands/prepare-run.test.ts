import { describe, expect, it } from 'vitest';
import { chooseLaunchers } from '../../harness/commands/launchers.ts';
import { overridden } from '../../harness/commands/prepare-run.ts';
import { exitCodeOf } from '../../harness/commands/execute.ts';
import type { RunOptions } from '../../harness/commands/run-options.ts';
import type { Trial } from '../../harness/model/trial.ts';
import { loadResult, plannedTrial, scenario, session, targetSpec, validTrial } from '../support/factories.ts';
import { FakeWorld } from '../support/fake-ports.ts';

const defaults: RunOptions = {
  driver: 'auto',
  launcher: 'auto',
  build: true,
  results: 'results',
  readyTimeout: 1_000,
};

describe('flags against the scenario file', () => {
  it('change nothing when none is given', () => {
    expect(overridden(scenario(), defaults)).toEqual(scenario());
  });

  it('replace what they name, and only that', () => {
    const changed = overridden(scenario(), { ...defaults, duration: 700, connections: 3 });
    expect(changed).toEqual({ ...scenario(), measure: 700, connections: 3 });
  });

  it('make the warm-up exactly as long as asked, without extension', () => {
    expect(overridden(scenario(), { ...defaults, warmup: 300 })).toMatchObject({
      warmup: 300,
      warmupMax: 300,
    });
  });

  it('win over --quick', () => {
    const quick = overridden(scenario(), { ...defaults, quick: true });
    expect(quick.measure).toBeLessThanOrEqual(2_500);
    expect(overridden(scenario(), { ...defaults, quick: true, duration: 9_000 })).toMatchObject({
      measure: 9_000,
      warmup: quick.warmup,
    });
  });
});

describe('the choice of a launcher', () => {
  const able = new FakeWorld().launcher;
  const unable = { ...new FakeWorld({ alpha: { unavailable: 'needs cargo' } }).launcher };
  const docker = { ...able, id: 'docker' as const };

  it('takes the first that can start the target', async () => {
    const { runnable } = await chooseLaunchers([targetSpec('alpha')], [unable, docker], 'auto');
    expect(runnable.map(({ launcher }) => launcher.id)).toEqual(['docker']);
  });

  it('takes no other than the one asked for', async () => {
    const { runnable, skipped } = await chooseLaunchers([targetSpec('alpha')], [unable, docker], 'process');
    expect(runnable).toEqual([]);
    expect(skipped).toEqual([{ id: 'alpha', name: 'Alpha', why: 'needs cargo' }]);
  });
});

describe('the exit code of a run', () => {
  const withTrials = (...trials: Trial[]): number =>
    exitCodeOf({ ...session([plannedTrial()]), status: 'complete', trials });
  const { load, resources, machine, ...unmeasured } = validTrial();
  const limited: Trial = {
    ...validTrial(),
    verdict: 'invalid',
    reasons: [{ code: 'DRIVER_SATURATED', detail: 'CPU 99 %' }],
  };

  it('is 0 when every trial is valid', () => {
    expect(withTrials(validTrial())).toBe(0);
  });

  it('is 0 when the driver limited a trial: no server is at fault', () => {
    expect(withTrials(validTrial(), limited)).toBe(0);
  });

  it('is 3 when a target failed or a measurement cannot be defended', () => {
    const failed: Trial = {
      ...unmeasured,
      verdict: 'failed',
      load: null,
      resources: null,
      machine: null,
      reasons: [{ code: 'READY_TIMEOUT', detail: '' }],
    };
    const inconsistent: Trial = {
      ...limited,
      load: loadResult(),
      reasons: [{ code: 'INCONSISTENT', detail: '' }],
    };
    expect(withTrials(failed)).toBe(3);
    expect(withTrials(inconsistent)).toBe(3);
    expect([load, resources, machine]).not.toContain(null);
  });

  it('is 130 when it was interrupted', () => {
    expect(exitCodeOf({ ...session([plannedTrial()]), status: 'interrupted' })).toBe(130);
  });
});
