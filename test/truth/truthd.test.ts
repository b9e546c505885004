import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { HOSTILE_MODES, type Program, type WireMode } from './program.ts';
import { exchange, get, getMany } from './raw-client.ts';
import { holdMeanUs, holdPercentileUs } from './truth.ts';
import { Truthd, type StartOptions, truthdUnavailable } from './truthd.ts';

const running: Truthd[] = [];

async function start(options: StartOptions = {}): Promise<Truthd> {
  const truthd = await Truthd.start(options);
  running.push(truthd);
  return truthd;
}

const startWith = (program: Program): Promise<Truthd> => start({ program });

afterEach(async () => {
  await Promise.all(running.splice(0).map((truthd) => truthd.stop()));
});

describe.skipIf(truthdUnavailable !== null)(`truthd (${truthdUnavailable ?? 'built'})`, () => {
  describe('answers', () => {
    it('as a target does: with its identity, and the exact payloads', async () => {
      const { port } = await start();
      const health = await fetch(`http://127.0.0.1:${port}/healthz`);
      expect([health.headers.get('x-httpdyno-target'), await health.text()]).toEqual(['truthd', 'ok']);
      const body = Buffer.from(await (await fetch(`http://127.0.0.1:${port}/payload/1kb`)).arrayBuffer());
      expect(createHash('sha256').update(body).digest('hex')).toBe(
        '8d7e566766f6bd1bb4cac87cadfde681197f9243f4d2692a0fd12674092212a7',
      );
      expect(await getMany(port, '/payload/1mb', 1)).toEqual([200]);
      expect(await getMany(port, '/elsewhere', 1)).toEqual([404]);
    });

    it('with a body of any length, in any framing', async () => {
      const truthd = await start();
      for (const framing of ['length', 'chunked', 'close'] as const) {
        for (const bodyBytes of [0, 1, 1_000, 100_000]) {
          await truthd.program({ framing, bodyBytes });
          const response = await fetch(`http://127.0.0.1:${truthd.port}/load`);
          expect((await response.arrayBuffer()).byteLength, `${framing} ${bodyBytes}`).toBe(bodyBytes);
        }
      }
    });

    it('with a number that is always as long as the last one', async () => {
      const { port } = await startWith({ truthId: true, bodyBytes: 2 });
      const { text } = await exchange(port, get('/load') + get('/load', 'connection: close'), 2_000);
      expect(text.match(/x-truth-id: \d+/g)).toEqual([
        'x-truth-id: 000000000000',
        'x-truth-id: 000000000001',
      ]);
    });

    it('503 until it is ready', async () => {
      const { port } = await startWith({ unreadyMs: 300 });
      expect(await getMany(port, '/healthz', 1)).toEqual([503]);
      await new Promise((resolve) => setTimeout(resolve, 350));
      expect(await getMany(port, '/healthz', 1)).toEqual([200]);
    });

    it('alike and without a thought in null mode', async () => {
      const { port } = await start({ nullBodyBytes: 3 });
      const { text } = await exchange(port, get('/a') + get('/b'), 200);
      expect(text.split('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n').length).toBe(3);
    });
  });

  describe('knows', () => {
    it('the bytes of every correct answer', async () => {
      const truthd = await startWith({ bodyBytes: 100, truthId: true });
      const { text } = await exchange(truthd.port, get('/load', 'connection: close'), 2_000);
      expect(await truthd.truth()).toMatchObject({
        requests: 1,
        connections: 1,
        bodyBytes: 100,
        wireBytes: text.length,
        responses: { ok: 1 },
      });
    });

    it('how many different nonces it was sent', async () => {
      const truthd = await start();
      const requests = ['a', 'b', 'a'].map((nonce) => get('/load', `x-truth-nonce: ${nonce}`));
      await exchange(truthd.port, requests.join(''), 200);
      expect(await truthd.truth()).toMatchObject({ requests: 3, nonces: 3, uniqueNonces: 2 });
    });

    it('how long it held each answer back: exact shares of the deck, never less than asked', async () => {
      const deck = [
        { us: 1_000, times: 90 },
        { us: 20_000, times: 10 },
      ];
      const truthd = await startWith({ delayDeck: deck, seed: 7 });
      await getMany(truthd.port, '/load', 100);
      const { okHold } = await truthd.truth();
      expect(okHold.count).toBe(100);
      expect(okHold.bins.filter(([ns]) => ns > 15e6).reduce((sum, [, count]) => sum + count, 0)).toBe(10);
      expect(holdPercentileUs(okHold, 1)).toBeGreaterThanOrEqual(999);
      expect(holdPercentileUs(okHold, 91)).toBeGreaterThanOrEqual(19_980);
      expect(holdMeanUs(okHold)).toBeGreaterThanOrEqual(2_900);
      expect(okHold.maxNs).toBeGreaterThanOrEqual(20e6);
    });

    it('when each request came', async () => {
      const truthd = await startWith({ keepArrivals: 3 });
      await getMany(truthd.port, '/load', 5);
      const arrivals = await truthd.arrivalsUs();
      expect(arrivals).toHaveLength(3);
      expect(arrivals.toSorted((a, b) => a - b)).toEqual(arrivals);
    });

    it('the CPU time that it burned, as its own process clock confirms', async () => {
      const truthd = await startWith({ burnUs: 2_000 });
      const before = (await truthd.truth()).processCpuNs;
      await getMany(truthd.port, '/load', 50);
      const { burnedNs, processCpuNs } = await truthd.truth();
      expect(burnedNs).toBeGreaterThanOrEqual(50 * 2e6);
      expect(burnedNs).toBeLessThan(50 * 2.2e6);
      expect(processCpuNs - before).toBeGreaterThanOrEqual(burnedNs);
    });

    it('its own peak of memory, of a spike that is long gone', async () => {
      const truthd = await start();
      const quiet = (await truthd.truth()).residentPeakBytes;
      await truthd.program({ spike: { atMs: 0, forMs: 20, bytes: 64 << 20 } });
      await getMany(truthd.port, '/load', 1);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await truthd.truth()).residentPeakBytes - quiet).toBeGreaterThan(62 << 20);
    });

    it('nothing any more of the program before', async () => {
      const truthd = await start();
      await getMany(truthd.port, '/load', 3);
      await truthd.program({});
      expect((await truthd.truth()).requests).toBe(0);
    });
  });

  describe('takes its time', () => {
    it('holds what falls into a stall until the stall is over', async () => {
      const truthd = await startWith({ stall: { startMs: 50, durationMs: 300 } });
      await getMany(truthd.port, '/load', 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await getMany(truthd.port, '/load', 20);
      const { okHold } = await truthd.truth();
      expect(okHold.maxNs).toBeGreaterThan(100e6);
      expect(okHold.maxNs).toBeLessThan(310e6);
      expect(holdPercentileUs(okHold, 90)).toBeLessThan(20_000);
    });

    it('drifts, swings and starts slowly', async () => {
      const truthd = await start();
      const heldUs = async (program: Program, waitMs: number): Promise<number> => {
        await truthd.program(program);
        await getMany(truthd.port, '/load', 1);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        await getMany(truthd.port, '/load', 1);
        return (await truthd.truth()).okHold.maxNs / 1_000;
      };
      expect(await heldUs({ driftUsPerS: 100_000 }, 200)).toBeGreaterThan(19_000);
      expect(await heldUs({ oscillation: { periodMs: 100, extraUs: 30_000 } }, 120)).toBeGreaterThan(29_000);
      await truthd.program({ slowStart: { forMs: 60, extraUs: 20_000 } });
      await getMany(truthd.port, '/load', 20);
      const { okHold } = await truthd.truth();
      expect(holdPercentileUs(okHold, 5)).toBeLessThan(15_000);
      expect(okHold.maxNs).toBeGreaterThan(19e6);
    });
  });

  describe('fails as it is told', () => {
    it('in exact shares, the same for the same seed', async () => {
      const truthd = await startWith({ mixPerThousand: { status500: 70, wrongBody: 30 }, seed: 3 });
      const first = await getMany(truthd.port, '/load', 1_000);
      expect(first.filter((status) => status === 500)).toHaveLength(70);
      expect((await truthd.truth()).responses).toMatchObject({ ok: 900, status500: 70, wrongBody: 30 });
      await truthd.program({ mixPerThousand: { status500: 70, wrongBody: 30 }, seed: 3 });
      expect(await getMany(truthd.port, '/load', 100)).toEqual(first.slice(0, 100));
    });

    it('by ending itself', async () => {
      const byCode = await startWith({ exit: { afterRequests: 2, code: 3 } });
      expect(await getMany(byCode.port, '/load', 3)).toEqual([200, 200, 0]);
      expect(await byCode.exited).toMatchObject({ exitCode: 3 });
      const bySignal = await startWith({ exit: { afterMs: 10, code: -1 } });
      await getMany(bySignal.port, '/load', 1);
      expect(await bySignal.exited).toMatchObject({ signal: 'SIGKILL' });
    });

    it('but refuses a program that it does not understand', async () => {
      const truthd = await start();
      await expect(truthd.program({ wire: { mode: 'polite' as WireMode } })).rejects.toThrow(
        'no mode "polite"',
      );
      await expect(truthd.program({ mixPerThousand: { reset: 1_001 } })).rejects.toThrow('1001 of 1000');
      await expect(truthd.program({ speed: 1 } as Program)).rejects.toThrow('unknown field "speed"');
    });
  });

  describe('on the wire', () => {
    const seen = async (wire: NonNullable<Program['wire']>, waitMs = 300) => {
      const { port } = await startWith({ bodyBytes: 10, wire });
      return exchange(port, get('/load'), waitMs);
    };
    const whole = 'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 10\r\n\r\n';

    it('resets, before the request or after', async () => {
      expect(await seen({ mode: 'reset-on-accept' })).toEqual({ text: '', end: 'reset' });
      expect(await seen({ mode: 'reset' })).toEqual({ text: '', end: 'reset' });
    });

    it('says nothing, and hangs up or not', async () => {
      expect(await seen({ mode: 'fin' })).toEqual({ text: '', end: 'fin' });
      expect(await seen({ mode: 'silent' })).toEqual({ text: '', end: 'open' });
    });

    it('cuts answers short', async () => {
      const body = await seen({ mode: 'truncated' });
      expect([body.text.length, body.end]).toEqual([whole.length + 5, 'fin']);
      const head = await seen({ mode: 'truncated-head' });
      expect([whole.startsWith(head.text), head.end]).toEqual([true, 'fin']);
      expect(await seen({ mode: 'reset-in-body' })).toMatchObject({ end: 'reset' });
    });

    it('says more than it was asked', async () => {
      for (const mode of ['two-responses', 'late-response'] as const) {
        expect((await seen({ mode })).text.split(whole), mode).toHaveLength(3);
      }
      expect((await seen({ mode: 'unsolicited' })).text).toMatch(/and another thing$/);
    });

    it('precedes answers with interim ones', async () => {
      const three = await seen({ mode: 'interim-103', count: 3 });
      expect(three.text.match(/HTTP\/1.1 \d+/g)).toEqual([
        ...Array.from({ length: 3 }, () => 'HTTP/1.1 103'),
        'HTTP/1.1 200',
      ]);
      expect((await seen({ mode: 'interim-100' })).text).toMatch(
        /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/,
      );
    });

    it('trickles', async () => {
      const head = await seen({ mode: 'slow-headers', intervalMs: 50 }, 280);
      expect(head.text.length).toBeGreaterThanOrEqual(2);
      expect(head.text.length).toBeLessThanOrEqual(6);
      const body = await seen({ mode: 'slow-body', intervalMs: 50 }, 280);
      expect(body.text.startsWith(whole)).toBe(true);
      expect(body.text.length - whole.length).toBeLessThanOrEqual(6);
    });

    it.each([
      'endless-interim',
      'endless-status-line',
      'endless-headers',
      'endless-body',
      'endless-chunks',
      'endless-chunk-ext',
      'endless-trailers',
    ] as const)('never ends: %s', async (mode) => {
      const { text, end } = await seen({ mode }, 100);
      expect(text.length).toBeGreaterThan(1_000_000);
      expect(end).toBe('open');
    });

    it('packs a bomb', async () => {
      const { text } = await seen({ mode: 'gzip-bomb' }, 2_500);
      expect(text.length).toBeGreaterThan(150_000);
      expect(text).toMatch(/content-encoding: gzip/);
    });

    it.each(HOSTILE_MODES)('is hostile: %s', async (mode) => {
      const { text, end } = await seen({ mode }, 60);
      expect(text.length).toBeGreaterThan(10);
      expect(end).toBe('open');
    });

    it('breaks so many of each thousand, and serves the others', async () => {
      const truthd = await startWith({ wire: { mode: 'fin', perThousand: 100 } });
      // A client may repeat a GET on its own when a used connection is closed on it, so each gets one of its own.
      for (let i = 0; i < 100; i++) await exchange(truthd.port, get('/load', 'connection: close'), 2_000);
      const { responses, requests } = await truthd.truth();
      expect(responses.fault).toBeGreaterThan(0);
      expect(responses.ok + responses.fault).toBe(requests);
    });
  });
});
