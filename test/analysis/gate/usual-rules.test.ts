import { describe, expect, it } from 'vitest';
import { zoneOf } from '../../../harness/analysis/gate/profile.ts';
import type { StoredCell } from '../../../harness/analysis/gate/replay.ts';
import {
  autocannonCompareWorse,
  replayUsualRules,
  type StoredPaces,
} from '../../../harness/analysis/gate/usual-rules.ts';
import { simulateLaunches } from '../support/gate-simulation.ts';
import { storedCell, storedPaces } from '../support/stored-launches.ts';

const metric = 'throughputRps';
const drifting: StoredCell = {
  launches: simulateLaunches(3, 40, metric, 0),
  metric,
  zone: zoneOf(metric, 'default', 2),
};
const paces: StoredPaces[] = drifting.launches.map(({ base, head }) => {
  const seconds = (middle: number | null): number[] =>
    [0.99, 1, 1.01, 1].map((share) => share * (middle ?? 0));
  return { base: seconds(base), head: seconds(head) };
});
const plan = (injection: number): Parameters<typeof replayUsualRules>[2] => ({
  injection,
  runs: 200,
  seed: 1,
});

describe('the usual rules', () => {
  it('cry wolf on a machine that drifts by 30 %, although nothing changed', () => {
    const counts = replayUsualRules(drifting, paces, plan(0));
    expect(counts.lastValuePlusTenth).toBeGreaterThan(20);
    expect(counts.autocannonCompare).toBeGreaterThan(20);
  });

  it('take a machine that slows down for a server that does: first one side, then the other', () => {
    const cpu = 'cpuUsPerRequest';
    const slowing = {
      metric: cpu,
      zone: zoneOf(cpu, 'default', 2),
      launches: simulateLaunches(3, 40, cpu, 0),
    };
    expect(replayUsualRules({ ...slowing, metric: cpu }, [], plan(0)).sequentialMannWhitney).toBeGreaterThan(
      20,
    );
  });

  it('do see a change that towers over the drift', () => {
    const counts = replayUsualRules(drifting, paces, plan(3));
    expect(counts).toEqual({ lastValuePlusTenth: 200, sequentialMannWhitney: 200, autocannonCompare: 200 });
  });

  it('are repeatable', () => {
    expect(replayUsualRules(drifting, paces, plan(0.1))).toEqual(
      replayUsualRules(drifting, paces, plan(0.1)),
    );
  });

  it('call some A/A comparisons of a quiet machine a regression where the gate calls none', () => {
    const stored = storedCell('throughputRps');
    expect(replayUsualRules(stored, storedPaces(), plan(0)).autocannonCompare).toBeGreaterThan(0);
  });

  it('have nothing to say of fewer than two launches, nor autocannon-compare of anything but pace', () => {
    const none = { lastValuePlusTenth: 0, sequentialMannWhitney: 0, autocannonCompare: null };
    expect(replayUsualRules({ ...drifting, launches: [] }, [], plan(0))).toEqual(none);
    expect(
      replayUsualRules(storedCell('cpuUsPerRequest'), storedPaces(), plan(0)).autocannonCompare,
    ).toBeNull();
  });
});

describe('the rule of autocannon-compare', () => {
  const steady = [100_000, 101_000, 99_000, 100_000];

  it('is a difference beyond 5 %, whatever the seconds vary by, since n is the number of requests', () => {
    const jumpy = [130_000, 70_000, 120_000, 80_000];
    const scaled = (by: number): number[] => jumpy.map((pace) => pace * by);
    expect(autocannonCompareWorse(jumpy, scaled(0.94))).toBe(true);
    expect(autocannonCompareWorse(jumpy, scaled(0.96))).toBe(false);
  });

  it('says nothing where the new run is faster', () => {
    expect(
      autocannonCompareWorse(
        steady,
        steady.map((pace) => 2 * pace),
      ),
    ).toBe(false);
  });

  it('tests: so few requests that vary so much reject nothing', () => {
    expect(autocannonCompareWorse([1, 5, 1, 5], [1, 4, 1, 5])).toBe(false);
    expect(autocannonCompareWorse([5, 5, 5, 5], [1, 1, 1, 1])).toBe(true);
  });
});
