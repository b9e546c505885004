import { describe, expect, it } from 'vitest';
import {
  isOnlyLimited,
  REASONS,
  type Reason,
  type ReasonCode,
  verdictOf,
} from '../../harness/model/reason.ts';

const reasons = (...codes: ReasonCode[]): Reason[] => codes.map((code) => ({ code, detail: '' }));

describe('a verdict', () => {
  it.each([
    [[], 'valid'],
    [['NOT_STEADY', 'STEAL'], 'valid'],
    [['DRIVER_SATURATED'], 'invalid'],
    [['INCONSISTENT'], 'invalid'],
    [['DRIVER_SATURATED', 'TARGET_ERRORS'], 'failed'],
    [['TARGET_DIED', 'INTERRUPTED'], 'aborted'],
  ] as const)('of %j is %s: the gravest reason decides', (codes, verdict) => {
    expect(verdictOf(reasons(...codes))).toBe(verdict);
  });

  it('M13: is valid for no reason that fails, invalidates, limits or aborts', () => {
    for (const [code, { effect }] of Object.entries(REASONS)) {
      const verdict = verdictOf([{ code: code as ReasonCode, detail: '' }]);
      expect(verdict === 'valid', code).toBe(effect === 'warns');
    }
  });
});

describe('a trial is only limited', () => {
  it.each([
    [['DRIVER_SATURATED'], true],
    [['DRIVER_SATURATED', 'NEAR_DRIVER_CEILING', 'ENV_BUSY'], true],
    [['DRIVER_SATURATED', 'INCONSISTENT'], false],
    [['ENV_BUSY'], false],
    [[], false],
  ] as const)('with %j: %s', (codes, limited) => {
    expect(isOnlyLimited(reasons(...codes))).toBe(limited);
  });
});

describe('every reason', () => {
  it.each(Object.entries(REASONS))(
    '%s is upper snake case and has one sentence without a full stop',
    (code, { sentence }) => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(sentence).toMatch(/^[a-z].*[^.]$/);
      expect(sentence).not.toContain('\n');
    },
  );
});
