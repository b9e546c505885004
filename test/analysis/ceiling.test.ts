import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../harness/analysis/ceiling.ts';
import { sameConditions } from '../../harness/model/calibration.ts';
import { missing, read } from '../../harness/model/resources.ts';
import type { MeasuredTrial } from '../../harness/model/trial.ts';
import { loadResult, validTrial } from '../support/factories.ts';

const key = {
  scenarioId: 'small',
  driver: 'fake',
  connections: 8,
  driverWorkers: 1,
  driverCpus: [0],
  targetCpus: [1],
};
const takenAt = '2026-01-01T00:00:00.000Z';

function trial(rps: number, cpuShare: number | null): MeasuredTrial {
  const load = loadResult({ rps });
  const cpuUtilization = cpuShare === null ? missing('no schedstat') : read(cpuShare);
  return { ...validTrial(), load: { ...load, driverLoad: { ...load.driverLoad, cpuUtilization } } };
}

describe('the ceiling of a driver', () => {
  it('is what it reached where it was full', () => {
    expect(calibrationOf(key, [trial(1_000, 0.99)], takenAt)).toMatchObject({
      ceilingRps: 1_000,
      ceilingIs: 'measured',
    });
  });

  it('is extrapolated by its CPU time per request where the null server was full first', () => {
    expect(calibrationOf(key, [trial(600, 0.6)], takenAt)).toMatchObject({
      ceilingRps: 1_000,
      ceilingIs: 'extrapolated',
    });
  });

  it('is the median over rounds, so that one disturbed round does not decide', () => {
    const calibration = calibrationOf(
      key,
      [trial(1_000, 0.99), trial(300, 0.99), trial(1_010, 0.99)],
      takenAt,
    );
    expect(calibration).toMatchObject({ ceilingRps: 1_000, roundsRps: [1_000, 300, 1_010] });
  });

  it('falls back on the event loop where the CPU of the driver is unknown', () => {
    expect(calibrationOf(key, [trial(400, null)], takenAt)).toMatchObject({
      ceilingRps: 1_000,
      driverCpuShare: 0.4,
    });
  });

  it('is unknown where nothing was measured', () => {
    expect(calibrationOf(key, [], takenAt)).toBeNull();
  });

  it('carries the bias of the driver: service time at a server that does nothing', () => {
    const calibration = calibrationOf(key, [trial(1_000, 0.99)], takenAt);
    expect(calibration?.serviceTimeP50Us).toBeCloseTo(8_000, -2);
  });

  it('holds for the same load on the same CPUs only', () => {
    expect(sameConditions(key, { ...key })).toBe(true);
    for (const other of [
      { driver: 'x' },
      { connections: 9 },
      { driverWorkers: 2 },
      { targetCpus: [2] },
      { scenarioId: 'large' },
    ]) {
      expect(sameConditions(key, { ...key, ...other })).toBe(false);
    }
  });
});
