import { describe, expect, it } from 'vitest';
import { exponential, seededRandom } from '../../../harness/base/random.ts';
import { judgeTrial } from '../../../harness/analysis/trial-reasons.ts';
import { CONTEXT, encoded, figures, HEALTHY, type LoadSketch } from '../support/figures.ts';

const inconsistencies = (sketch: LoadSketch): string[] =>
  judgeTrial(figures(sketch), CONTEXT)
    .filter(({ code }) => code === 'INCONSISTENT')
    .map(({ detail }) => detail);

/** A closed loop simulated: `connections` places, each answer after an exponential time, then `thinkUs` in the driver. */
function closedLoop(connections: number, meanUs: number, thinkUs: number, windowMs: number): LoadSketch {
  const random = seededRandom(connections * 7 + meanUs);
  const latenciesUs: number[] = [];
  for (let place = 0; place < connections; place++) {
    for (let at = 0; at < windowMs * 1_000; ) {
      const latency = exponential(random, meanUs) + 2;
      latenciesUs.push(latency);
      at += latency + thinkUs;
    }
  }
  return { latenciesUs, connections, windowMs };
}

describe("G10 Little's law", () => {
  it.each([
    [1, 2_000],
    [16, 2_000],
    [64, 2_000],
    [256, 2_000],
    [1, 20_000],
    [16, 20_000],
    [64, 20_000],
    [256, 20_000],
  ])('holds for %i connections and answers of %i µs', (connections, meanUs) => {
    expect(inconsistencies(closedLoop(connections, meanUs, 5, 4_000))).toEqual([]);
  });

  it('holds for microsecond answers, where the driver itself takes as long as the target', () => {
    // One thread that works through 64 answers in turn holds at most one place back: 6 µs each, 64 in flight.
    expect(inconsistencies({ ...closedLoop(64, 384, 6, 400), driverLoop: 1 })).toEqual([]);
    expect(inconsistencies({ ...closedLoop(1, 10, 10, 100), driverLoop: 1 })).toEqual([]);
  });

  it('grants the driver only the time in which its event loop worked', () => {
    const halved = { ...HEALTHY, latenciesUs: HEALTHY.latenciesUs.map((us) => us / 2) };
    expect(inconsistencies({ ...halved, driverLoop: 0.6 })).toEqual([]);
    expect(inconsistencies({ ...halved, driverLoop: 0.1 }).join()).toMatch(/Little's law allows/);
  });

  it('M2: refuses samples that nobody waited for', () => {
    const honest = closedLoop(16, 2_000, 5, 4_000);
    const invented = honest.latenciesUs.flatMap((us) => (us > 4_000 ? [us, us / 2, us / 3] : [us]));
    const base = figures(honest);
    const histogram = encoded(invented);
    const load = {
      ...base.load,
      histograms: { ...base.load.histograms, responseTime: histogram },
    };
    const details = judgeTrial({ ...base, load }, CONTEXT).map(({ detail }) => detail);
    expect(details.some((detail) => detail.includes('latency samples for'))).toBe(true);
    expect(details.some((detail) => detail.includes("Little's law"))).toBe(true);
  });

  it('refuses latencies that are 18 % too short for the rate', () => {
    const { latenciesUs, ...rest } = closedLoop(64, 20_000, 0, 4_000);
    const details = inconsistencies({ ...rest, latenciesUs: latenciesUs.map((us) => us * 0.82) });
    expect(details.join()).toMatch(/Little's law allows/);
  });

  it('M6: refuses latencies rounded to whole milliseconds', () => {
    const { latenciesUs, ...rest } = closedLoop(64, 400, 0, 1_000);
    const details = inconsistencies({
      ...rest,
      latenciesUs: latenciesUs.map((us) => Math.floor(us / 1_000) * 1_000),
    });
    expect(details.join()).toMatch(/Little's law allows/);
  });

  it('asks nothing of an open loop', () => {
    const open = {
      ...HEALTHY,
      connections: 128,
      loop: { kind: 'open', rateRps: 100, arrivals: 'constant' },
    } as const;
    expect(inconsistencies(open)).toEqual([]);
    expect(inconsistencies({ ...HEALTHY, connections: 128 })).not.toEqual([]);
  });

  it('allows for the idle time of connections whose requests failed', () => {
    expect(inconsistencies({ ...HEALTHY, connections: 2, counts: { timeout: 5 } })).toEqual([]);
  });
});

describe('consistency', () => {
  it('wants one latency sample for each correct response', () => {
    const base = figures();
    const histograms = { ...base.load.histograms, responseTime: encoded(HEALTHY.latenciesUs.slice(1)) };
    const reasons = judgeTrial({ ...base, load: { ...base.load, histograms } }, CONTEXT);
    expect(reasons).toEqual([
      { code: 'INCONSISTENT', detail: '999 latency samples for 1000 correct responses' },
    ]);
  });

  it('refuses clamped samples', () => {
    const base = figures();
    const reasons = judgeTrial({ ...base, load: { ...base.load, clampedSamples: 3 } }, CONTEXT);
    expect(reasons[0]?.detail).toMatch(/^3 latencies lie outside/);
  });

  it('refuses more unfinished requests than can be in flight', () => {
    const details = inconsistencies({ ...HEALTHY, counts: { unfinished: 2 } });
    expect(details[0]).toBe('2 requests unfinished, but only 1 can be in flight');
  });

  it('refuses a throughput that the requests of the window cannot explain', () => {
    expect(inconsistencies({ ...HEALTHY, completedInWindow: 1_100 })[0]).toMatch(
      /^1100 responses in the window, but 1000/,
    );
    expect(inconsistencies({ ...HEALTHY, completedInWindow: 1_001 })).toEqual([]);
  });
});
