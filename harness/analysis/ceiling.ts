import { mergeEncoded } from '../histogram/latency-histogram.ts';
import type { Calibration, CalibrationKey } from '../model/calibration.ts';
import type { MeasuredTrial } from '../model/trial.ts';
import { median } from './order.ts';

/** From this share of its CPU on a worker counts as full. */
const FULL_SHARE = 0.95;

/**
 * The ceiling of a driver from trials against the null server. On few CPUs the null server may be full before the driver
 * is; then the ceiling is what the driver would reach at its CPU time per request: rate / share of CPU used.
 * Null where no trial tells (nothing measured, or the CPU of the driver unknown while it was not full).
 */
export function calibrationOf(
  key: CalibrationKey,
  trials: readonly MeasuredTrial[],
  takenAt: string,
): Calibration | null {
  const rounds = trials.flatMap(({ load }) => {
    const windowUs = load.window.endUs - load.window.startUs;
    const share = load.driverLoad.cpuUtilization.value ?? load.driverLoad.eventLoopUtilization.value;
    if (windowUs <= 0 || load.completedInWindow === 0 || share === null || share <= 0) return [];
    return [{ rps: (load.completedInWindow / windowUs) * 1e6, share: Math.min(1, share) }];
  });
  const [first] = trials;
  if (rounds.length === 0 || first === undefined) return null;
  const driverCpuShare = median(rounds.map(({ share }) => share));
  const full = driverCpuShare >= FULL_SHARE;
  const serviceTime = mergeEncoded(trials.map(({ load }) => load.histograms.serviceTime));
  try {
    const known = (value: number): number | null => (serviceTime.count === 0 ? null : value);
    return {
      ...key,
      driverVersion: first.load.driverVersion,
      takenAt,
      roundsRps: rounds.map(({ rps }) => rps),
      driverCpuShare,
      ceilingRps: median(rounds.map(({ rps, share }) => (full ? rps : rps / share))),
      ceilingIs: full ? 'measured' : 'extrapolated',
      serviceTimeP50Us: known(serviceTime.percentileUs(50)),
      serviceTimeP99Us: known(serviceTime.percentileUs(99)),
    };
  } finally {
    serviceTime.destroy();
  }
}
