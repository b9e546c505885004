import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../harness/model/calibration.ts';
import { readCalibrations, storeCalibrations } from '../../harness/store/calibrations.ts';
import { scratchFolder } from '../support/cli.ts';

const machine = { fingerprint: 'a'.repeat(64), harnessVersion: '0.1.0' };
const entry: Calibration = {
  scenarioId: 'small',
  driver: 'dyno',
  driverVersion: '0.1.0',
  connections: 64,
  driverWorkers: 1,
  driverCpus: [0],
  targetCpus: [1],
  takenAt: '2026-01-01T00:00:00.000Z',
  roundsRps: [100_000],
  driverCpuShare: 0.99,
  ceilingRps: 100_000,
  ceilingIs: 'measured',
  serviceTimeP50Us: 30,
  serviceTimeP99Us: null,
};

describe('the calibrations of a machine', () => {
  it('are none before the first', async () => {
    expect(await readCalibrations(scratchFolder(), machine.fingerprint)).toEqual([]);
  });

  it('are read back, a newer one of the same conditions in place of the older', async () => {
    const results = scratchFolder();
    await storeCalibrations(results, machine, [entry, { ...entry, driver: 'wrk' }]);
    await storeCalibrations(results, machine, [{ ...entry, ceilingRps: 120_000 }]);
    const stored = await readCalibrations(results, machine.fingerprint);
    expect(stored.map(({ driver, ceilingRps }) => [driver, ceilingRps])).toEqual([
      ['wrk', 100_000],
      ['dyno', 120_000],
    ]);
  });

  it('of another machine are not used', async () => {
    const results = scratchFolder();
    await storeCalibrations(results, machine, [entry]);
    expect(await readCalibrations(results, 'b'.repeat(64))).toEqual([]);
  });

  it('that are damaged are refused with the file to remove', async () => {
    const results = scratchFolder();
    writeFileSync(await storeCalibrations(results, machine, [entry]), '{"schemaVersion":1');
    await expect(readCalibrations(results, machine.fingerprint)).rejects.toThrow(
      expect.objectContaining({ code: 'RESULT_INVALID' }),
    );
  });
});
