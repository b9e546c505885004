import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { monotonicUs } from '../../harness/base/clock.ts';
import { MIB } from '../../harness/base/units.ts';
import { imbalance } from '../../harness/model/counts.ts';
import type { LoadRequest, MeasuredWindow } from '../../harness/model/load.ts';
import type { LoadDriver } from '../../harness/model/ports.ts';
import type { Program } from '../truth/program.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { type Comparison, compare, EXACT_DRIVERS, loadOf, seconds } from './rig.ts';

const DURATION_MS = 300;
const TIMEOUT_MS = 150;
const DRAIN_MS = 200;
const CONNECTIONS = 4;

/** A load on one connection or a few that must end by itself, whatever the server does. */
const brief: Partial<LoadRequest> = {
  connections: CONNECTIONS,
  termination: { kind: 'duration', ms: DURATION_MS },
  requestTimeoutMs: TIMEOUT_MS,
  drainMs: DRAIN_MS,
};

/** The most resident memory of this process, in bytes, while something goes on. */
async function peakMemory(action: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const looking = setInterval(look, 10);
  look();
  await action();
  look();
  clearInterval(looking);
  return peak;
}

describe.skipIf(truthdUnavailable !== null)(`faults (${truthdUnavailable ?? 'on the wire'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterEach(() => truthd.program({}));
  afterAll(() => truthd.stop());

  /** Runs the brief load, and checks what holds for every fault: it ends in time, and no failure has a latency. */
  async function suffer(
    driver: LoadDriver,
    wire: NonNullable<Program['wire']>,
    changes: Partial<LoadRequest> = {},
  ): Promise<Comparison> {
    const begin = performance.now();
    const comparison = await compare(driver, truthd, { wire, bodyBytes: 1_024 }, { ...brief, ...changes });
    // Duration and drain of the load, and the start of its threads on a busy machine.
    expect(performance.now() - begin).toBeLessThan(DURATION_MS + DRAIN_MS + 5_000);
    expect(comparison.service.count).toBe(comparison.result.counts.ok);
    return comparison;
  }

  const codes = ({ result }: Comparison): string[] => result.reasons.map(({ code }) => code);

  describe.each(EXACT_DRIVERS)('under $id', (driver) => {
    it('F10 a target that stands still for ever: every request in flight is a timeout', async () => {
      const standing = await Truthd.start();
      const window = ({ startUs }: MeasuredWindow): void => {
        setTimeout(() => standing.signal('SIGSTOP'), (startUs - monotonicUs()) / 1_000 + 200);
      };
      const request = loadOf(standing, { ...brief, termination: { kind: 'duration', ms: 800 } });
      try {
        const outcome = await driver.run(
          request,
          { window, progress: () => undefined },
          new AbortController().signal,
        );
        if (outcome.kind !== 'measured') throw new Error(outcome.kind);
        const { counts } = outcome.result;
        expect(imbalance(counts)).toBe(0);
        expect(counts.ok).toBeGreaterThan(0);
        expect(counts.timeout).toBeGreaterThanOrEqual(CONNECTIONS);
        expect(counts.ok + counts.timeout + counts.connectError + counts.unfinished).toBe(counts.sent);
        expect(seconds(outcome.result)).toBeLessThan(0.9);
      } finally {
        await standing.stop();
      }
    });

    it('F10 a server that takes requests and never answers: all of them are timeouts', async () => {
      const { result, truth } = await suffer(driver, { mode: 'silent' });
      expect(result.counts.timeout).toBeGreaterThanOrEqual(CONNECTIONS);
      expect(result.counts.timeout + result.counts.unfinished).toBe(result.counts.sent);
      expect(truth.requests).toBeGreaterThanOrEqual(result.counts.sent);
    });

    it('F11 RST on accept: every attempt is an error, and there are no more than 20 a second and connection', async () => {
      const { result, truth } = await suffer(driver, { mode: 'reset-on-accept' });
      const { sent, connectError, reset, unfinished } = result.counts;
      expect(connectError + reset).toBeGreaterThan(0);
      expect(connectError + reset + unfinished).toBe(sent);
      // Connections that were opened ahead of the load come on top.
      expect(truth.connections).toBeLessThanOrEqual(CONNECTIONS * (2 + 20 * (DURATION_MS / 1_000 + 0.5)));
    });

    it('F12 FIN without a response: every one is an error', async () => {
      const { result, truth } = await suffer(driver, { mode: 'fin' });
      const { sent, reset, unfinished } = result.counts;
      expect(reset).toBeGreaterThan(0);
      expect(reset + unfinished).toBe(sent);
      expect(truth.responses.fault).toBeGreaterThanOrEqual(reset);
    });

    it.each(['truncated', 'truncated-head'] as const)('F13 %s: never ok', async (mode) => {
      const { result, truth } = await suffer(driver, { mode });
      const { sent, truncated, unfinished } = result.counts;
      expect(truncated).toBeGreaterThan(0);
      expect(truncated + unfinished).toBe(sent);
      expect(truth.responses.fault).toBeGreaterThanOrEqual(truncated);
    });

    it('F13 a body that ends in a reset is no response either', async () => {
      const { result } = await suffer(driver, { mode: 'reset-in-body' });
      const { sent, truncated, reset, unfinished } = result.counts;
      expect(truncated + reset).toBeGreaterThan(0);
      expect(truncated + reset + unfinished).toBe(sent);
    });

    it.each(['two-responses', 'unsolicited', 'late-response'] as const)(
      'F14 unsolicited bytes (%s): named, and the rate is not inflated',
      async (mode) => {
        const seen = await suffer(driver, { mode });
        expect(codes(seen)).toContain('PROTO_UNSOLICITED');
        expect(seen.result.completedInWindow).toBeLessThanOrEqual(seen.truth.requests);
        if (mode !== 'late-response') expect(seen.result.counts.ok).toBe(0);
      },
    );

    it.each(['interim-103', 'interim-100'] as const)(
      'F15 %s before each response: not counted',
      async (mode) => {
        for (const count of [1, 16]) {
          const { result, truth } = await suffer(driver, { mode, count });
          const { sent, ok, unfinished } = result.counts;
          expect(ok).toBeGreaterThan(0);
          expect(ok + unfinished, `${count} interim responses`).toBe(sent);
          expect(ok).toBeLessThanOrEqual(truth.requests);
        }
      },
    );

    it('F15 more than 16 interim responses, or endless ones: a protocol error, and the connection is dropped', async () => {
      for (const wire of [{ mode: 'interim-103', count: 17 }, { mode: 'endless-interim' }] as const) {
        const { result, truth } = await suffer(driver, wire);
        expect(result.counts.protocolError, wire.mode).toBeGreaterThan(0);
        expect(result.counts.ok).toBe(0);
        expect(truth.connections).toBeGreaterThan(CONNECTIONS);
      }
    });

    it.each(['slow-headers', 'slow-body'] as const)(
      'F16 %s: the deadline is of the whole request, however often a byte comes',
      async (mode) => {
        const { result } = await suffer(driver, { mode, intervalMs: 20 });
        const { sent, timeout, unfinished } = result.counts;
        expect(timeout).toBeGreaterThanOrEqual(CONNECTIONS);
        expect(timeout + unfinished).toBe(sent);
      },
    );

    it.each([
      'endless-status-line',
      'endless-headers',
      'endless-body',
      'endless-chunks',
      'endless-chunk-ext',
      'endless-trailers',
    ] as const)('F17 %s: given up, and by size, with no memory lost', async (mode) => {
      const usual = await peakMemory(() => compare(driver, truthd, {}, brief));
      let seen: Comparison | undefined;
      const peak = await peakMemory(async () => {
        seen = await suffer(driver, { mode });
      });
      const { counts, wireBytesInWindow } = seen?.result ?? expect.fail();
      const { sent, protocolError, badBody, timeout, unfinished } = counts;
      expect(protocolError + badBody + timeout).toBeGreaterThan(0);
      expect(protocolError + badBody + timeout + unfinished).toBe(sent);
      expect(timeout).toBe(0);
      // Threads take memory of their own: what counts is how much more than in a load without a fault.
      expect(peak - usual).toBeLessThan(20 * MIB);
      // A head at its limit, a body one byte too long, and what was on its way.
      expect((wireBytesInWindow ?? 0) / sent).toBeLessThan(512 * 1_024);
    });

    it('S13 a body that would unpack to 200 MiB is never unpacked', async () => {
      const { result } = await suffer(driver, { mode: 'gzip-bomb' });
      expect(result.counts.ok).toBe(0);
    });
  });
});
