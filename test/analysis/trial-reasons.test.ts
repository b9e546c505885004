import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../harness/analysis/trial-reasons.ts';
import { verdictOf } from '../../harness/model/reason.ts';
import { CONTEXT, figures, HEALTHY } from './support/figures.ts';

describe('the judgement of a trial', () => {
  it('finds nothing wrong with a healthy trial', () => {
    expect(judgeTrial(figures(), CONTEXT)).toEqual([]);
  });

  it('does not repeat a code that the driver already gave', () => {
    const said = { code: 'DRIVER_SATURATED' as const, detail: 'lag' };
    const reasons = judgeTrial(figures({ ...HEALTHY, driverCpu: 1, reasons: [said] }), CONTEXT);
    expect(reasons).toEqual([]);
  });

  it('M13: a saturated driver makes a trial invalid', () => {
    expect(verdictOf(judgeTrial(figures({ ...HEALTHY, driverCpu: 0.99 }), CONTEXT))).toBe('invalid');
  });

  it('keeps a trial valid whose reasons only warn', () => {
    const shared = { ...CONTEXT, cpus: { target: [0], driver: [0], disjoint: false } };
    const reasons = judgeTrial(figures(), shared);
    expect(reasons.map((reason) => reason.code)).toEqual(['SHARED_CPUS']);
    expect(verdictOf(reasons)).toBe('valid');
  });
});
