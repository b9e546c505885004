import { describe, expect, it } from 'vitest';
import type { Session } from '../../harness/model/session.ts';
import { sessionSchema } from '../../harness/model/session.ts';
import { planTrials } from '../../harness/session/plan.ts';
import { pendingTrials, runSession } from '../../harness/session/run-session.ts';
import { loadResult, scenario, session, targetSpec } from '../support/factories.ts';
import { type Fate, FakeWorld } from '../support/fake-ports.ts';

const ids = ['alpha', 'beta', 'gamma'];
const planned = planTrials({
  targets: ids.map((id) => ({ id, scenarios: ['small'] })),
  scenarios: [{ id: 'small' }],
  rounds: 2,
  seed: 5,
});

async function runWith(
  fates: Record<string, Fate>,
  options: { from?: Session; signal?: AbortSignal; repeatsMax?: number } = {},
): Promise<{ ended: Session; world: FakeWorld }> {
  const world = new FakeWorld(fates);
  const input = {
    targets: new Map(ids.map((id) => [id, { spec: targetSpec(id), launcher: world.launcher }])),
    scenarios: new Map([['small', { scenario: scenario(), driver: world.driver, ceilingRps: null }]]),
    readyTimeoutMs: 1_000,
    repeatsMax: options.repeatsMax ?? 2,
  };
  const ended = await runSession(
    options.from ?? session(planned),
    input,
    world.ports,
    options.signal ?? new AbortController().signal,
  );
  expect(sessionSchema.safeParse(ended).error).toBeUndefined();
  return { ended, world };
}

describe('a session', () => {
  it('runs every planned trial in the order of the plan and is complete', async () => {
    const { ended, world } = await runWith({});
    expect(ended.status).toBe('complete');
    expect(ended.trials.map((trial) => trial.targetId)).toEqual(planned.map((trial) => trial.targetId));
    expect(world.calls.filter((call) => call.startsWith('launch'))).toHaveLength(6);
  });

  it('starts each trial on a fresh start of its target, never two at once', async () => {
    const { world } = await runWith({});
    let running = 0;
    for (const call of world.calls) {
      if (call.startsWith('launch')) running++;
      if (call.startsWith('stop')) running--;
      expect(running).toBeLessThanOrEqual(1);
    }
    expect(running).toBe(0);
  });

  it('P9: saves after every trial, each time a whole and valid session', async () => {
    const { world } = await runWith({});
    expect(world.saved.map((saved) => saved.trials.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
    for (const saved of world.saved) expect(sessionSchema.safeParse(saved).success).toBe(true);
    expect(world.saved.slice(0, -1).every((saved) => saved.status === 'running')).toBe(true);
  });

  it('goes on when a target fails', async () => {
    const reason = { code: 'READY_TIMEOUT', detail: 'never' } as const;
    const { ended } = await runWith({ beta: { readiness: { kind: 'failed', reason } } });
    const verdicts = Object.groupBy(ended.trials, (trial) => trial.verdict);
    expect(verdicts.failed?.every((trial) => trial.targetId === 'beta')).toBe(true);
    expect(verdicts.valid).toHaveLength(4);
    expect(ended.status).toBe('complete');
  });

  it('tells what it does, with an estimate of the time left that ends at zero', async () => {
    const { world } = await runWith({});
    expect(world.events[0]).toMatchObject({ kind: 'started', trials: 6 });
    const ended = world.events.filter((event) => event.kind === 'trial-ended');
    expect(ended).toHaveLength(6);
    expect(ended.at(-1)).toMatchObject({ verdict: 'valid', throughputRps: 1_000, etaMs: 0 });
    expect(ended.map((event) => event.etaMs)).toEqual(
      ended.map((event) => event.etaMs).toSorted((a, b) => b - a),
    );
  });
});

describe('a trial that other work disturbed', () => {
  const noisy = { code: 'NOISY_ENV', detail: 'other work took 0.9 of 2 CPUs' } as const;
  const disturbed = (times: number): Fate => ({
    load: () => {
      const reasons = times-- > 0 ? [noisy] : [];
      return { kind: 'measured', result: { ...loadResult(), reasons } };
    },
  });

  it('F29: is repeated once after waiting for quiet, and its record tells so', async () => {
    const { ended, world } = await runWith({ alpha: disturbed(1) });
    const repeated = ended.trials.filter((trial) => trial.firstAttempt.length > 0);
    expect(repeated).toMatchObject([{ targetId: 'alpha', verdict: 'valid', firstAttempt: [noisy] }]);
    expect(world.calls.filter((call) => call === 'wait for quiet')).toHaveLength(1);
    expect(world.calls.filter((call) => call.startsWith('launch'))).toHaveLength(7);
  });

  it('F29: twice stays invalid: there is no third attempt', async () => {
    const { ended } = await runWith({ alpha: disturbed(2) });
    expect(ended.trials.filter((trial) => trial.verdict === 'invalid')).toMatchObject([
      { reasons: [noisy], firstAttempt: [noisy] },
    ]);
  });

  it('is repeated no more often than the run allows', async () => {
    const { world } = await runWith({ alpha: disturbed(9), beta: disturbed(9) }, { repeatsMax: 1 });
    expect(world.calls.filter((call) => call.startsWith('launch'))).toHaveLength(7);
  });

  it('is not repeated when something else was wrong too: no outcome is chosen by retrying', async () => {
    const crashed: Fate = {
      load: () => ({ kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: 'x' } }),
    };
    const { world } = await runWith({ alpha: crashed });
    expect(world.calls.filter((call) => call.startsWith('launch'))).toHaveLength(6);
  });
});

describe('a session that is interrupted', () => {
  async function interruptedSession(): Promise<Session> {
    const controller = new AbortController();
    let loads = 0;
    const fate: Fate = {
      load: () => {
        if (++loads < 3) return { kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: 'x' } };
        controller.abort();
        return { kind: 'aborted' };
      },
    };
    const { ended } = await runWith({ alpha: fate, beta: fate, gamma: fate }, { signal: controller.signal });
    return ended;
  }

  it('F21: keeps what is done, marks the running trial aborted, and starts no other', async () => {
    const ended = await interruptedSession();
    expect(ended.status).toBe('interrupted');
    expect(ended.trials.map((trial) => trial.verdict)).toEqual(['invalid', 'invalid', 'aborted']);
  });

  it('is resumed by running only what is missing, in the same plan', async () => {
    const partial = await interruptedSession();
    expect(pendingTrials(partial).map((trial) => trial.index)).toEqual([2, 3, 4, 5]);
    const { ended, world } = await runWith({}, { from: partial });
    expect(world.calls.filter((call) => call.startsWith('launch'))).toHaveLength(4);
    expect(ended.status).toBe('complete');
    expect(ended.trials.map((trial) => trial.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ended.trials.map((trial) => trial.verdict)).toEqual([
      'invalid',
      'invalid',
      'valid',
      'valid',
      'valid',
      'valid',
    ]);
  });
});
