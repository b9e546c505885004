import { describe, expect, it } from 'vitest';
import { Timeline } from '../../harness/engine/fleet-timeline.ts';

const SLOT_US = 100_000;

function tick(atUs: number, completed: number, latencyUs = 1_000, periodUs = SLOT_US) {
  return {
    atUs,
    periodUs,
    completed,
    failed: 1,
    latencySumUs: completed * latencyUs,
    latencyMaxUs: latencyUs,
  };
}

describe('a timeline', () => {
  it('adds the ticks of all workers, also when some come late', () => {
    const timeline = new Timeline(0, SLOT_US, 2);
    timeline.add(0, tick(100_000, 3, 1_000));
    timeline.add(1, tick(140_000, 5, 2_000));
    expect(timeline.series({ startUs: 0, endUs: 100_000 })).toEqual([
      { tMs: 100, periodMs: 100, completed: 8, failed: 2, meanUs: 13_000 / 8, maxUs: 2_000 },
    ]);
  });

  it('shows a stall as periods without a response, not as a gap', () => {
    const timeline = new Timeline(0, SLOT_US, 1);
    timeline.add(0, tick(100_000, 4));
    timeline.add(0, tick(400_000, 4));
    const series = timeline.series({ startUs: 0, endUs: 400_000 });
    expect(series.map(({ completed }) => completed)).toEqual([4, 0, 0, 4]);
    expect(series[1]).toMatchObject({ meanUs: null, maxUs: null });
  });

  it('shows only stretches that every worker has reported', () => {
    const timeline = new Timeline(0, SLOT_US, 2);
    timeline.add(0, tick(100_000, 1));
    timeline.add(0, tick(200_000, 1));
    timeline.add(1, tick(100_000, 1));
    expect(timeline.windows(SLOT_US)).toEqual([{ completed: 2, latencyMeanUs: 1_000 }]);
  });

  it('has no mean latency for a stretch without a response', () => {
    const timeline = new Timeline(0, SLOT_US, 1);
    timeline.add(0, tick(100_000, 0));
    expect(timeline.windows(SLOT_US)).toEqual([{ completed: 0, latencyMeanUs: null }]);
  });

  it('cuts the first period of a warm-up that is not a whole number of periods', () => {
    const timeline = new Timeline(0, SLOT_US, 1);
    for (let at = 1; at <= 130; at++) timeline.add(0, tick(at * SLOT_US, 1));
    const series = timeline.series({ startUs: 2_500_000, endUs: 12_500_000 });
    expect(series.slice(0, 3).map(({ tMs, periodMs, completed }) => [tMs, periodMs, completed])).toEqual([
      [-2_000, 500, 5],
      [-1_000, 1_000, 10],
      [0, 1_000, 10],
    ]);
    expect(series).toHaveLength(13);
  });
});
