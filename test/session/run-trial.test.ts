import { describe, expect, it } from 'vitest';
import type { Trial } from '../../harness/model/trial.ts';
import { trialSchema } from '../../harness/model/trial.ts';
import { runTrial } from '../../harness/session/run-trial.ts';
import { loadResult, plannedTrial, scenario, targetSpec } from '../support/factories.ts';
import { type Fate, FakeWorld } from '../support/fake-ports.ts';

async function trialOf(
  fate: Fate,
  signal = new AbortController().signal,
): Promise<{ trial: Trial; world: FakeWorld }> {
  const world = new FakeWorld({ alpha: fate });
  const trial = await runTrial(
    {
      trial: plannedTrial(),
      spec: targetSpec('alpha'),
      scenario: scenario(),
      launcher: world.launcher,
      driver: world.driver,
      sessionId: 'fictional',
      cpus: { target: [1], driver: [0], disjoint: true },
      workers: 1,
      driverWorkers: 1,
      ceilingRps: null,
      readyTimeoutMs: 1_000,
    },
    world.ports,
    signal,
  );
  expect(trialSchema.safeParse(trial).error).toBeUndefined();
  return { trial, world };
}

const codes = (trial: Trial): string[] => trial.reasons.map((reason) => reason.code);

describe('a trial in which all goes well', () => {
  it('starts, waits, verifies, watches, loads and stops, in this order', async () => {
    const { trial, world } = await trialOf({});
    expect(world.calls).toEqual([
      'launch alpha',
      'ready alpha',
      'verify alpha',
      'watch alpha',
      'load alpha',
      'stop alpha',
    ]);
    expect(trial).toMatchObject({
      verdict: 'valid',
      reasons: [],
      readyAfterMs: 12,
      argv: ['./server', 'alpha'],
    });
  });

  it('carries the figures of driver and monitor, and no log', async () => {
    const { trial } = await trialOf({});
    expect(trial).toMatchObject({
      load: { driver: 'fake' },
      resources: { source: 'proc-tree' },
      logTail: [],
    });
  });

  it('asks for the load that the scenario describes', async () => {
    const { world } = await trialOf({});
    expect(world.requests[0]).toMatchObject({
      host: '127.0.0.1',
      port: 40_000,
      path: '/small',
      connections: 8,
      pipelining: 1,
      warmup: { minMs: 1_000, maxMs: 2_000 },
      termination: { kind: 'duration', ms: 2_000 },
      expected: { status: 200, bodyBytes: 1_024 },
    });
  });
});

describe('a trial whose target fails', () => {
  it('to start has its reason and sends no load', async () => {
    const reason = { code: 'TARGET_EXITED', detail: 'exit code 3' } as const;
    const { trial, world } = await trialOf({
      launch: () => ({ kind: 'failed', reason, logTail: ['boom'], argv: ['./server'] }),
    });
    expect(trial).toMatchObject({ verdict: 'failed', reasons: [reason], load: null, logTail: ['boom'] });
    expect(world.calls).toEqual(['launch alpha']);
  });

  it('F01: to become ready is stopped, keeps its log, and sends no load', async () => {
    const reason = { code: 'READY_TIMEOUT', detail: 'no answer in 1s' } as const;
    const { trial, world } = await trialOf({ readiness: { kind: 'failed', reason } });
    expect(trial).toMatchObject({ verdict: 'failed', reasons: [reason], logTail: ['alpha said something'] });
    expect(world.calls).toEqual(['launch alpha', 'ready alpha', 'stop alpha']);
  });

  it('F04 M12: verification is stopped and sends no load at all', async () => {
    const { trial, world } = await trialOf({
      checks: [
        {
          id: 'bytes',
          title: 'exact bytes',
          result: { kind: 'fail', detail: 'byte 7 is 3, not 224' },
          durationMs: 1,
        },
        { id: 'fine', title: 'fine', result: { kind: 'pass' }, durationMs: 1 },
      ],
    });
    expect(trial.reasons).toEqual([{ code: 'VERIFY_FAILED', detail: 'bytes: byte 7 is 3, not 224' }]);
    expect(world.requests).toEqual([]);
    expect(world.calls.at(-1)).toBe('stop alpha');
  });

  it('F06: by dying under load keeps its figures, but as failed', async () => {
    const { trial } = await trialOf({
      load: (_, target) => {
        target.die({ exitCode: 1, signal: null, oomKilled: false });
        return { kind: 'measured', result: loadResult() };
      },
    });
    expect(trial.verdict).toBe('failed');
    expect(trial.reasons[0]).toEqual({ code: 'TARGET_DIED', detail: 'ended under load with exit code 1' });
    expect(trial).toMatchObject({ load: { driver: 'fake' } });
  });

  it('F07: by a signal names the signal', async () => {
    const { trial } = await trialOf({
      load: (_, target) => {
        target.die({ exitCode: null, signal: 'SIGKILL', oomKilled: false });
        return { kind: 'measured', result: loadResult() };
      },
    });
    expect(trial.reasons[0]?.detail).toContain('signal SIGKILL');
  });

  it('F08: for lack of memory says so', async () => {
    const { trial } = await trialOf({
      load: (_, target) => {
        target.die({ exitCode: 137, signal: null, oomKilled: true });
        return { kind: 'measured', result: loadResult() };
      },
    });
    expect(codes(trial)).toEqual(['OOM_KILLED']);
  });

  it('F36: to end on SIGTERM is still valid, with a note', async () => {
    const { trial } = await trialOf({ ignoresTerm: true });
    expect(trial.verdict).toBe('valid');
    expect(codes(trial)).toEqual(['STOPPED_BY_KILL']);
  });
});

describe('a trial whose driver fails', () => {
  it('F38: publishes no figure at all', async () => {
    const { trial } = await trialOf({
      load: () => ({ kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: 'worker 0: exit code 1' } }),
    });
    expect(codes(trial)).toEqual(['DRIVER_CRASHED']);
    expect(trial).toMatchObject({ verdict: 'invalid', load: null, resources: null });
  });

  it('because the target died blames the target', async () => {
    const { trial } = await trialOf({
      load: (_, target) => {
        target.die({ exitCode: 1, signal: null, oomKilled: false });
        return { kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: 'no connection' } };
      },
    });
    expect(codes(trial)).toEqual(['TARGET_DIED']);
  });

  it('M13: that saw itself saturated makes the trial invalid, with its figures shown', async () => {
    const limited = { ...loadResult(), reasons: [{ code: 'DRIVER_SATURATED' as const, detail: 'CPU 99 %' }] };
    const { trial } = await trialOf({ load: () => ({ kind: 'measured', result: limited }) });
    expect(trial).toMatchObject({ verdict: 'invalid', load: { driver: 'fake' } });
  });
});

describe('a trial that is interrupted', () => {
  it('F21: is aborted, and its target stopped', async () => {
    const controller = new AbortController();
    const { trial, world } = await trialOf(
      {
        load: () => {
          controller.abort();
          return { kind: 'aborted' };
        },
      },
      controller.signal,
    );
    expect(trial.verdict).toBe('aborted');
    expect(codes(trial)).toEqual(['INTERRUPTED']);
    expect(world.calls.at(-1)).toBe('stop alpha');
  });
});
