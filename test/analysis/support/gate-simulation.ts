import { derivedSeed, type Random, seededRandom } from '../../../harness/base/random.ts';
import type { LaunchDifference, Slice } from '../../../harness/analysis/gate/launch-difference.ts';
import { launchDifference } from '../../../harness/analysis/gate/launch-difference.ts';
import { armsOf, planLaunches } from '../../../harness/analysis/gate/plan.ts';
import type { GatedMetric } from '../../../harness/analysis/gate/profile.ts';
import { METRICS } from '../../../harness/model/metric.ts';
import { normal } from './random-variates.ts';

/** How a metric varies, as standard deviations of logarithms. */
export interface Noise {
  /** Between adjacent slices. */
  slice: number;
  /** Between launches: placement of memory, of threads, of connections. */
  launch: number;
}

/**
 * Noise of each metric on a busy machine with two CPUs. For CPU per request the measured ratio of a launch settles to
 * ±4 % at worst; read as two standard deviations, a launch then has 2.1 %, which these two amount to.
 */
export const BUSY: Readonly<Record<GatedMetric, Noise>> = {
  cpuUsPerRequest: { slice: 0.022, launch: 0.012 },
  memoryRssMeanBytes: { slice: 0.01, launch: 0.015 },
  latencyP50Us: { slice: 0.06, launch: 0.02 },
  throughputRps: { slice: 0.15, launch: 0.03 },
  latencyP99Us: { slice: 0.25, launch: 0.05 },
};
/** CPU per request where a launch has a standard deviation of 3 %: beyond what the promises were made for. */
export const NOISIER_CPU: Noise = { slice: 0.035, launch: 0.012 };
export const QUIET_THROUGHPUT: Noise = { slice: 0.06, launch: 0.02 };

/** A plausible value of each metric, in its unit: floors are absolute. */
const LEVEL: Readonly<Record<GatedMetric, number>> = {
  cpuUsPerRequest: 20,
  memoryRssMeanBytes: 50e6,
  latencyP50Us: 700,
  throughputRps: 80_000,
  latencyP99Us: 2_000,
};

/** Launches of a cell whose head is `slowdown` worse; the machine drifts by 30 % over the run, both arms alike. */
export function simulateLaunches(
  seed: number,
  count: number,
  metric: GatedMetric,
  slowdown: number,
  noise: Noise = BUSY[metric],
): LaunchDifference[] {
  const worse = METRICS[metric].better === 'higher' ? 1 / (1 + slowdown) : 1 + slowdown;
  return planLaunches(seed, count).map((plan) => {
    const random: Random = seededRandom(derivedSeed(seed + 77, plan.index));
    const launchEffect = Math.exp(noise.launch * normal(random));
    const drift = 1 + (0.3 * plan.index) / count;
    const blocks = plan.blocks.map((order) =>
      armsOf(order).map((arm): Slice => {
        const level = LEVEL[metric] * drift * (arm === 'head' ? worse * launchEffect : 1);
        return { arm, value: level * Math.exp(noise.slice * normal(random)), disturbed: null };
      }),
    );
    return launchDifference(blocks, metric);
  });
}
