import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import { OUTCOMES } from '../../../harness/model/counts.ts';
import { CONTEXT, figures, HEALTHY } from '../support/figures.ts';

const codes = (...args: Parameters<typeof judgeTrial>): string[] =>
  judgeTrial(...args).map(({ code }) => code);

describe('accounting', () => {
  it.each([-1, 1])('notices a single request too many or too few (%i)', (difference) => {
    const base = figures();
    const counts = { ...base.load.counts, sent: base.load.counts.sent + difference };
    const reasons = judgeTrial({ ...base, load: { ...base.load, counts } }, CONTEXT);
    expect(reasons).toContainEqual({
      code: 'COUNTS_UNBALANCED',
      detail: `sent ${1_000 + difference}, outcomes 1000: a difference of ${difference}`,
    });
  });

  it('does not count dropped requests as sent', () => {
    expect(codes(figures({ ...HEALTHY, counts: { dropped: 7 } }), CONTEXT)).toEqual([]);
  });

  it('has nothing to publish without a correct response', () => {
    expect(codes(figures({ latenciesUs: [], counts: { timeout: 1 } }), CONTEXT)).toContain('NO_SAMPLES');
    expect(codes(figures({ latenciesUs: [], counts: { badStatus: 9 } }), CONTEXT)).toContain('NO_SAMPLES');
  });
});

describe('outcomes', () => {
  const failing = OUTCOMES.filter((outcome) => outcome !== 'ok' && outcome !== 'unfinished');

  it('F31: blames no connection on the target that the driver had no port for, but every other failure', () => {
    const base = figures({ ...HEALTHY, counts: { connectError: 50 } });
    const limited = (counts: Partial<typeof base.load.counts>) => {
      const detail = '50 connect(s) failed here with EADDRNOTAVAIL';
      const of = figures({ ...HEALTHY, counts });
      return codes({ ...of, load: { ...of.load, reasons: [{ code: 'DRIVER_LIMIT', detail }] } }, CONTEXT);
    };
    expect(codes(base, CONTEXT)).toContain('TARGET_ERRORS');
    // The driver's own reason stands beside these, and makes the trial invalid.
    expect(limited({ connectError: 50 })).toEqual([]);
    expect(limited({ connectError: 50, reset: 1 })).toContain('TARGET_ERRORS');
  });

  it.each(failing)('fails the trial for a single %s, with its count', (outcome) => {
    const reasons = judgeTrial(figures({ ...HEALTHY, counts: { [outcome]: 1 } }), CONTEXT);
    const errors = reasons.find(({ code }) => code === 'TARGET_ERRORS');
    expect(errors?.detail).toBe(`1 ${outcome} of 1001 requests (0.0999 %)`);
  });

  it('F10: counts a request that a whole drain did not answer', () => {
    const reasons = judgeTrial(figures({ ...HEALTHY, counts: { unfinished: 1 } }), CONTEXT);
    expect(reasons[0]?.detail).toMatch(
      /^1 unanswered after the drain of 2\.00 s \(slowest answer 9\.98 ms\)/,
    );
  });

  it('excuses what a drain shorter than ordinary answers cut off', () => {
    const short = { ...CONTEXT, scenario: { drain: 5 } };
    expect(codes(figures({ ...HEALTHY, counts: { unfinished: 1 } }), short)).toEqual([]);
  });
});
