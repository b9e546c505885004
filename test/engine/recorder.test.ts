import { afterEach, describe, expect, it } from 'vitest';
import { OUTCOME_CODES, Recorder } from '../../harness/engine/recorder.ts';
import { LatencyHistogram } from '../../harness/histogram/latency-histogram.ts';
import { imbalance, OUTCOMES, type Outcome } from '../../harness/model/counts.ts';
import type { WorkerResult } from '../../harness/engine/fleet-protocol.ts';

const MS = 1_000;
const WINDOW = { startUs: 1_000 * MS, endUs: 2_000 * MS };
type Finished = ReturnType<Recorder['finish']>;

/** A recorder with a window, and a way to record a whole request at once. */
class Scene {
  readonly recorder: Recorder;

  constructor({ isOpenLoop = false, window = WINDOW } = {}) {
    this.recorder = new Recorder({ isOpenLoop });
    this.recorder.announce(window);
  }

  request(
    outcome: Outcome,
    { sample = true, intended = 1_100, sent = 1_100, end = 1_110, bytes = 0 } = {},
  ): this {
    this.recorder.started(sample);
    this.recorder.ended(OUTCOME_CODES[outcome], sample, intended * MS, sent * MS, end * MS, bytes);
    return this;
  }

  finish(atMs = 3_000): Finished {
    return this.recorder.finish(atMs * MS);
  }
}

const open: LatencyHistogram[] = [];
afterEach(() => {
  for (const histogram of open.splice(0)) histogram.destroy();
});

function decode(encoded: WorkerResult['histograms']['sendDelay']): LatencyHistogram {
  const histogram = LatencyHistogram.decode(encoded ?? '');
  open.push(histogram);
  return histogram;
}

describe('the outcomes of the sample', () => {
  it('have codes in the order of their list', () => {
    for (const [code, outcome] of OUTCOMES.entries()) expect(OUTCOME_CODES[outcome]).toBe(code);
  });

  it('are counted each under its own name, and balance', () => {
    const scene = new Scene();
    for (const [times, outcome] of OUTCOMES.entries()) {
      for (let i = 0; i <= times; i++) scene.request(outcome);
    }
    const { counts } = scene.finish();
    for (const [times, outcome] of OUTCOMES.entries()) expect(counts[outcome]).toBe(times + 1);
    expect(counts.sent).toBe((OUTCOMES.length * (OUTCOMES.length + 1)) / 2);
    expect(imbalance(counts)).toBe(0);
  });

  it('do not hold requests of the warm-up, though these count for throughput when they end in the window', () => {
    const result = new Scene().request('ok', { sample: false, sent: 995, end: 1_005, bytes: 7 }).finish();
    expect(result.counts.sent).toBe(0);
    expect(result.counts.ok).toBe(0);
    expect([result.completedInWindow, result.okInWindow, result.bodyBytesInWindow]).toEqual([1, 1, 7]);
    expect(decode(result.histograms.serviceTime).count).toBe(0);
  });

  it('hold requests that end after the window, though these do not count for throughput', () => {
    const result = new Scene().request('ok', { end: 2_000, bytes: 7 }).finish();
    expect(result.counts.ok).toBe(1);
    expect([result.completedInWindow, result.okInWindow, result.bodyBytesInWindow]).toEqual([0, 0, 0]);
    expect(decode(result.histograms.serviceTime).count).toBe(1);
  });

  it('hold dropped requests apart from those sent', () => {
    const scene = new Scene({ isOpenLoop: true });
    scene.recorder.dropped(true);
    scene.recorder.dropped(false);
    expect(scene.finish().counts).toMatchObject({ sent: 0, dropped: 1 });
  });
});

describe('throughput', () => {
  it('is of whole responses, right or wrong; goodput of right ones', () => {
    const scene = new Scene();
    for (const outcome of OUTCOMES) scene.request(outcome, { bytes: 10 });
    const { completedInWindow, okInWindow, bodyBytesInWindow } = scene.finish();
    expect([completedInWindow, okInWindow, bodyBytesInWindow]).toEqual([3, 1, 30]);
  });

  it('counts bytes on the wire from the beginning of the window to its end', () => {
    const { recorder } = new Scene();
    for (const [atMs, bytes] of [
      [999, 1],
      [1_000, 10],
      [1_999, 100],
      [2_000, 1_000],
    ] as const) {
      recorder.passTime(atMs * MS);
      recorder.receivedBytes(bytes);
    }
    expect(recorder.finish(3_000 * MS).wireBytesInWindow).toBe(110);
  });
});

describe('latency', () => {
  it('G9 status/err mix: is of correct responses only', () => {
    const scene = new Scene().request('ok', { end: 1_105 });
    for (const outcome of OUTCOMES) if (outcome !== 'ok') scene.request(outcome, { end: 1_900 });
    const serviceTime = decode(scene.finish().histograms.serviceTime);
    expect(serviceTime.count).toBe(1);
    expect(serviceTime.maxUs).toBeCloseTo(5 * MS, -2);
  });

  it('counts from the intended start in an open loop, with service time and send delay beside it', () => {
    const scene = new Scene({ isOpenLoop: true });
    scene.recorder.sentLate(true, 1_100 * MS, 1_130 * MS);
    scene.request('ok', { intended: 1_100, sent: 1_130, end: 1_140 });
    const { histograms } = scene.finish();
    expect(decode(histograms.responseTime).maxUs).toBeCloseTo(40 * MS, -2);
    expect(decode(histograms.serviceTime).maxUs).toBeCloseTo(10 * MS, -2);
    expect(decode(histograms.sendDelay).maxUs).toBeCloseTo(30 * MS, -2);
  });

  it('is the same seen both ways in a closed loop, which has no send delay', () => {
    const { histograms } = new Scene().request('ok').finish();
    expect(histograms.responseTime).toBe(histograms.serviceTime);
    expect(histograms.sendDelay).toBeNull();
  });

  it('tells of samples beyond its range', () => {
    expect(new Scene().request('ok', { end: 70_000 }).finish().clampedSamples).toBe(1);
  });
});

describe('the window', () => {
  it('of an amount ends with the last outcome of the sample', () => {
    const scene = new Scene({ window: { startUs: 1_000 * MS, endUs: Number.POSITIVE_INFINITY } });
    scene
      .request('ok', { end: 1_110 })
      .request('reset', { end: 1_450 })
      .request('ok', { sample: false, end: 1_600 });
    expect(scene.finish().window).toEqual({ startUs: 1_000 * MS, endUs: 1_450 * MS });
  });

  it('is empty where the load ended before it', () => {
    expect(new Scene().finish(500).window).toEqual({ startUs: 500 * MS, endUs: 500 * MS });
  });
});

describe('a tick', () => {
  it('tells what ended in its period, warm-up included, and begins the next', () => {
    const scene = new Scene();
    scene.recorder.takeTick(900 * MS);
    scene.request('ok', { sample: false, sent: 905, end: 910 }).request('ok', { sent: 1_000, end: 1_015 });
    scene.request('timeout').request('badStatus');
    expect(scene.recorder.takeTick(1_020 * MS)).toEqual({
      atUs: 1_020 * MS,
      periodUs: 120 * MS,
      completed: 2,
      failed: 2,
      latencySumUs: 20 * MS,
      latencyMaxUs: 15 * MS,
    });
    expect(scene.recorder.takeTick(1_120 * MS)).toMatchObject({
      periodUs: 100 * MS,
      completed: 0,
      latencyMaxUs: 0,
    });
    scene.finish();
  });
});

describe('latencies below a millisecond', () => {
  it('M6 keep their microseconds', () => {
    const scene = new Scene();
    scene.request('ok', { sent: 1_100, end: 1_100.085 }).request('ok', { sent: 1_200, end: 1_200.4 });
    const serviceTime = decode(scene.finish().histograms.serviceTime);
    expect([serviceTime.minUs, serviceTime.maxUs]).toEqual([85, 400]);
  });
});

describe('what is outside the sample', () => {
  it('is counted by the same code and leaves no trace: the code is warm when the window begins', () => {
    const scene = new Scene({ isOpenLoop: true });
    const { recorder } = scene;
    for (const outcome of OUTCOMES) scene.request(outcome, { sample: false, sent: 100, end: 110, bytes: 9 });
    recorder.noticed(false, 7_000);
    recorder.sentLate(false, 100 * MS, 107 * MS);
    recorder.dropped(false);
    const finished = scene.finish();
    expect(finished).toMatchObject({ completedInWindow: 0, okInWindow: 0, bodyBytesInWindow: 0 });
    expect([finished.counts.sent, finished.counts.dropped, recorder.sentInWindow]).toEqual([0, 0, 0]);
    expect([recorder.loopLag.maxUs, recorder.responseTime.maxUs]).toEqual([0, 0]);
    expect(decode(finished.histograms.sendDelay).count).toBe(0);
    expect(decode(finished.histograms.serviceTime).count).toBe(0);
  });

  it('does not lengthen a window that an amount of requests ends', () => {
    const scene = new Scene({ window: { startUs: WINDOW.startUs, endUs: Number.POSITIVE_INFINITY } });
    scene.request('ok', { sample: true, end: 1_500 }).request('ok', { sample: false, end: 1_900 });
    expect(scene.finish().window.endUs).toBe(1_500 * MS);
  });
});
