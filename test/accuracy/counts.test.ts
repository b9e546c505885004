import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zeroCounts } from '../../harness/model/counts.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { compare, EXACT_DRIVERS } from './rig.ts';

const amount = (requests: number) => ({ termination: { kind: 'amount' as const, requests } });

describe.skipIf(truthdUnavailable !== null)(
  `counts against the truth (${truthdUnavailable ?? 'exact'})`,
  () => {
    let truthd: Truthd;
    beforeAll(async () => {
      truthd = await Truthd.start();
    });
    afterAll(() => truthd.stop());

    describe.each(EXACT_DRIVERS)('of $id', (driver) => {
      it('G7 request count: 10,000 asked for, sent, seen and answered', async () => {
        const { result, truth, service } = await compare(
          driver,
          truthd,
          {},
          { ...amount(10_000), connections: 50 },
        );
        expect(result.counts).toEqual({ ...zeroCounts(), sent: 10_000, ok: 10_000 });
        expect(truth).toMatchObject({ requests: 10_000, connections: 50, responses: { ok: 10_000 } });
        expect(service.count).toBe(10_000);
      });

      it('G7 request count: the same over several workers, and with a connection for each request', async () => {
        for (const changes of [{ workers: 3 }, { connectionMode: 'per-request' as const }]) {
          const { result, truth } = await compare(
            driver,
            truthd,
            {},
            { ...amount(1_001), connections: 10, ...changes },
          );
          expect(result.counts).toEqual({ ...zeroCounts(), sent: 1_001, ok: 1_001 });
          expect(truth.requests).toBe(1_001);
        }
      });

      it.each([0, 1, 1_024, 1_048_576])(
        'G8 bytes: every byte of bodies of %i bytes, and of their heads',
        async (bodyBytes) => {
          const program = { bodyBytes, truthId: true };
          const { result, truth } = await compare(driver, truthd, program, {
            ...amount(200),
            connections: 4,
          });
          expect(result.counts.ok).toBe(200);
          expect(result.bodyBytesInWindow).toBe(200 * bodyBytes);
          expect(result.bodyBytesInWindow).toBe(truth.bodyBytes);
          expect(result.wireBytesInWindow).toBe(truth.wireBytes);
        },
      );

      it('G9 status and error mix: 7 % status 500, 2 % reset, 1 % truncated, each counted as the server did it', async () => {
        const program = { mixPerThousand: { status500: 70, reset: 20, truncated: 10 }, seed: 9 };
        const { result, truth, service } = await compare(driver, truthd, program, {
          ...amount(10_000),
          connections: 32,
        });
        const { responses } = truth;
        expect(responses).toMatchObject({ ok: 9_000, status500: 700, reset: 200, truncated: 100 });
        expect(result.counts).toEqual({
          ...zeroCounts(),
          sent: truth.requests,
          ok: responses.ok,
          badStatus: responses.status500,
          reset: responses.reset,
          truncated: responses.truncated,
        });
        // Latency is that of correct answers: nothing of the others is mixed in.
        expect(service.count).toBe(responses.ok);
      });

      it('F05 wrong answers under load: 1 % of bodies with other bytes are noticed in the sample', async () => {
        const program = { mixPerThousand: { wrongBody: 10 } };
        const { result, truth } = await compare(driver, truthd, program, {
          ...amount(100_000),
          connections: 32,
        });
        expect(truth.responses.wrongBody).toBe(1_000);
        expect(result.counts.badBody).toBeGreaterThan(0);
        expect(result.counts.badBody).toBeLessThanOrEqual(1_000);
        expect(result.reasons.map(({ code }) => code)).toContain('BODY_MISMATCH');
      });
    });
  },
);
