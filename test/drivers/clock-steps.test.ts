import { describe, expect, it } from 'vitest';
import { noticingClockSteps } from '../../harness/drivers/clock-steps.ts';
import type { LoadObserver, LoadOutcome } from '../../harness/model/ports.ts';
import { closedRequest } from '../engine/load-fixtures.ts';
import { loadResult } from '../support/factories.ts';
import { FakeClock } from '../support/fake-ports.ts';

const PROGRESS = { phase: 'measure', elapsedMs: 0, throughputRps: 0, latencyMeanUs: null } as const;

/** A clock whose wall time somebody sets, and which is now and then interrupted between two readings. */
class SettableClock extends FakeClock {
  steppedMs = 0;
  pauseMs = 0;
  override wallMs(): number {
    const wallMs = super.wallMs() + this.steppedMs;
    this.nowUs += this.pauseMs * 1_000;
    this.pauseMs = 0;
    return wallMs;
  }
}

/** What is noted of a load of one second, during which `during` happens; it tells of its progress only then. */
async function notedOf(
  clock: SettableClock,
  during: (observer: LoadObserver) => void,
  outcomeOf: () => LoadOutcome = () => ({ kind: 'measured', result: loadResult() }),
): Promise<LoadOutcome> {
  const driver = noticingClockSteps(
    {
      id: 'fake',
      label: 'fake',
      loops: ['closed'],
      unavailable: () => Promise.resolve(null),
      run: async (_, observer) => {
        observer.window({ startUs: clock.nowUs, endUs: clock.nowUs + 1e6 });
        await clock.sleep(500);
        during(observer);
        await clock.sleep(500);
        return outcomeOf();
      },
    },
    clock,
  );
  const observer = { window: () => undefined, progress: () => undefined };
  return driver.run(closedRequest(), observer, new AbortController().signal);
}

function reasonsOf(outcome: LoadOutcome): unknown {
  return outcome.kind === 'measured' ? outcome.result.reasons : outcome.kind;
}

describe('G28 a driver that watches the wall clock', () => {
  it.each([
    [3_600_000, '60m 00s forward during the measurement'],
    [-3_600_000, '60m 00s back during the measurement'],
    [128, '128ms forward during the measurement'],
    [-20, '20ms back during the measurement'],
  ])('notes a step of %i ms, and leaves every figure as it is', async (stepMs, detail) => {
    const clock = new SettableClock();
    const outcome = await notedOf(clock, () => (clock.steppedMs += stepMs));
    const result = { ...loadResult(), reasons: [{ code: 'CLOCK_STEP', detail }] };
    expect(outcome).toEqual({ kind: 'measured', result });
  });

  it('notes nothing where both clocks run alike', async () => {
    const clock = new SettableClock();
    expect(reasonsOf(await notedOf(clock, () => undefined))).toEqual([]);
  });

  it('sees a step that is taken back before the end, where the driver tells of its progress', async () => {
    const clock = new SettableClock();
    const outcome = await notedOf(clock, (observer) => {
      clock.steppedMs = -2_000;
      observer.progress(PROGRESS);
      clock.steppedMs = 0;
    });
    expect(reasonsOf(outcome)).toEqual([{ code: 'CLOCK_STEP', detail: '2s back during the measurement' }]);
  });

  it('does not take a pause between two readings for a step', async () => {
    const clock = new SettableClock();
    expect(reasonsOf(await notedOf(clock, () => (clock.pauseMs = 400)))).toEqual([]);
  });

  it('does not mind what happened to the clock before the window', async () => {
    const clock = new SettableClock();
    clock.steppedMs = 5_000;
    expect(reasonsOf(await notedOf(clock, (observer) => observer.progress(PROGRESS)))).toEqual([]);
  });

  it('hands on a load that has no figures as it is', async () => {
    const clock = new SettableClock();
    const outcome = await notedOf(
      clock,
      () => (clock.steppedMs = 9_000),
      () => ({ kind: 'aborted' }),
    );
    expect(outcome).toEqual({ kind: 'aborted' });
  });
});
