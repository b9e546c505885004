import { describe, expect, it } from 'vitest';
import {
  type Activity,
  pressureField,
  readActivity,
  surroundings,
} from '../../../tools/bench/disturbance.ts';

const QUIET = 'some avg10=0.17 avg60=1.68 avg300=4.59 total=31000000';

function activity(changes: Partial<Activity> = {}): Activity {
  return { atUs: 0, pressure: QUIET, busyS: 100, ownS: 50, ...changes };
}

describe('what else went on while a part of the benchmark ran', () => {
  it('is nothing where all CPU time was ours', () => {
    const after = activity({
      atUs: 10e6,
      busyS: 118,
      ownS: 67.5,
      pressure: QUIET.replace('31000000', '32000000'),
    });
    expect(surroundings(activity(), after)).toMatchObject({
      pressureBefore: QUIET,
      pressureShare: 0.1,
      foreignCores: 0.05,
      disturbed: null,
    });
  });

  it('disturbs where others took more than a fifth of a core', () => {
    const after = activity({ atUs: 10e6, busyS: 121, ownS: 65 });
    expect(surroundings(activity(), after).disturbed).toBe('others used 0.60 cores');
  });

  it('disturbs where tasks already waited for a CPU before it began', () => {
    const before = activity({ pressure: QUIET.replace('0.17', '57.87') });
    const after = activity({ atUs: 10e6 });
    expect(surroundings(before, after).disturbed).toBe('CPU pressure was 57.87 % before');
  });

  it('names every cause', () => {
    const before = activity({ pressure: QUIET.replace('0.17', '90.00') });
    const after = activity({ atUs: 10e6, busyS: 110, ownS: 50 });
    expect(surroundings(before, after).disturbed).toBe(
      'CPU pressure was 90 % before, others used 1.00 cores',
    );
  });

  it('is unknown, not zero, where the kernel tells no pressure', () => {
    const before = activity({ pressure: null });
    const { pressureShare, pressureBefore, disturbed } = surroundings(
      before,
      activity({ atUs: 1e6, pressure: null }),
    );
    expect({ pressureShare, pressureBefore, disturbed }).toEqual({
      pressureShare: null,
      pressureBefore: null,
      disturbed: null,
    });
  });
});

describe("the kernel's line of pressure", () => {
  it('is read by field', () => {
    expect(pressureField(QUIET, 'avg10')).toBe(0.17);
    expect(pressureField(QUIET, 'total')).toBe(31_000_000);
    expect(pressureField('full nothing', 'total')).toBeNull();
  });
});

describe('this machine', () => {
  it('counts the CPU time of this very process as ours', () => {
    const before = readActivity();
    for (let sum = 0; readActivity().atUs < before.atUs + 300_000; sum++) Math.sqrt(sum);
    const after = readActivity();
    expect(after.ownS - before.ownS).toBeGreaterThan(0.02);
    expect(after.busyS - before.busyS).toBeGreaterThan(0.02);
  });
});
