import { monotonicUs, systemClock } from '../../../harness/base/clock.ts';
import { createDynoDriver } from '../../../harness/drivers/dyno/driver.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import { createMonitorFactory } from '../../../harness/monitors/index.ts';
import { createProbe } from '../../../harness/targets/index.ts';
import { createProcessLauncher } from '../../../harness/targets/process/launcher.ts';
import { loadOf } from '../../../test/accuracy/rig.ts';
import { truthSchema } from '../../../test/truth/truth.ts';
import { truthdTarget, truthdUnavailable } from '../../../test/truth/truthd.ts';
import { atMost, figure, missingFigure } from '../figure.ts';
import { GENERATOR_CPU, type Part, SERVER_CPU } from '../rig.ts';

const BURN_US = 60;
const RATE_RPS = 3_000;
const READY_MS = 10_000;
const ERROR_GOAL_PERCENT = atMost(5);
const TITLE = 'CPU time of the target, error';

/** CPU time of a target over the window: as its monitor read it, against the process's own CPU clock. */
export const cpu: Part = {
  id: 'cpu',
  title: `CPU time of a target that burns ${BURN_US} µs a request at ${RATE_RPS.toLocaleString('en-US')} req/s`,
  async measure({ rounds, seconds, progress }) {
    if (truthdUnavailable !== null)
      return [missingFigure('error', TITLE, truthdUnavailable, ERROR_GOAL_PERCENT)];
    const errors: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round}`);
      errors.push(await errorPercent(seconds));
    }
    return [figure('error', TITLE, '%', errors, ERROR_GOAL_PERCENT)];
  },
};

async function errorPercent(seconds: number): Promise<number> {
  const { signal } = new AbortController();
  const launched = await createProcessLauncher().launch(truthdTarget({ burnUs: BURN_US }), {
    workers: 1,
    cpus: null,
    nonce: 'truth',
    sessionId: 'bench',
  });
  if (launched.kind === 'failed') throw new Error(launched.reason.detail);
  const { target } = launched;
  try {
    await createProbe({ clock: systemClock }).waitUntilReady(target, READY_MS, signal);
    const layout = { target: [SERVER_CPU], driver: [GENERATOR_CPU], disjoint: false };
    const monitor = await createMonitorFactory().open(target, layout);
    const observations: Promise<{ measured: number | null; true: number }>[] = [];
    const request = loadOf(
      { port: target.address.port },
      {
        loop: { kind: 'open', rateRps: RATE_RPS, arrivals: 'constant' },
        connections: 16,
        warmup: { minMs: 500, maxMs: 500 },
        termination: { kind: 'duration', ms: seconds * 1_000 },
      },
    );
    await createDynoDriver({ clock: systemClock, steadiness: () => 'steady' }).run(
      request,
      {
        window: ({ startUs, endUs }) => {
          const truth = Promise.all([cpuNsAt(target, startUs), cpuNsAt(target, endUs)]);
          const observed = monitor.observe({ startUs, endUs }, signal);
          observations.push(
            Promise.all([observed, truth]).then(([{ resources }, [firstNs, lastNs]]) => ({
              measured: resources.cpuNs.value,
              true: lastNs - firstNs,
            })),
          );
        },
        progress: () => undefined,
      },
      signal,
    );
    const both = await observations[0];
    if (both === undefined || both.measured === null) throw new Error('no CPU time was measured');
    return Math.abs(both.measured / both.true - 1) * 100;
  } finally {
    await target.stop();
  }
}

/** What the process's own CPU clock says at a time, in ns. */
async function cpuNsAt({ address }: RunningTarget, timeUs: number): Promise<number> {
  await systemClock.sleep(Math.max(0, timeUs - monotonicUs()) / 1_000);
  const response = await fetch(`http://127.0.0.1:${address.port}/truth`);
  return truthSchema.parse(await response.json()).processCpuNs;
}
