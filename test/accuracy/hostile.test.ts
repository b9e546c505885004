import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome, RequestCounts } from '../../harness/model/counts.ts';
import type { ExpectedResponse, LoadRequest } from '../../harness/model/load.ts';
import { driverNamed, measure } from '../drivers/run-driver.ts';
import { HOSTILE_MODES } from '../truth/program.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { HOSTILE_TABLE, type HostileRow } from './hostile-table.ts';
import { loadOf } from './rig.ts';

const REQUESTS = 2;
/** A fault that is known at once is known well before this; what never ends takes no longer. */
const LONG_TIMEOUT_MS = 5_000;
const SHORT_TIMEOUT_MS = 200;
const ANY_BODY: ExpectedResponse = { status: 200, bodyBytes: null, bodySha256: null };

describe('the table of hostile responses', () => {
  it('S14 has a row for each answer that HTTP forbids', () => {
    const modes = HOSTILE_TABLE.map(({ mode }) => mode);
    expect(modes).toEqual(expect.arrayContaining([...HOSTILE_MODES]));
    expect(new Set(modes).size).toBe(modes.length);
  });

  it('S14 dyno takes none of them for an answer, and no driver any where the body is known', () => {
    for (const { name, dyno, autocannon } of HOSTILE_TABLE)
      expect([dyno, autocannon], name).not.toContain('ok');
  });
});

describe.skipIf(truthdUnavailable !== null)(
  `hostile responses (${truthdUnavailable ?? 'on the wire'})`,
  () => {
    let truthd: Truthd;
    beforeAll(async () => {
      truthd = await Truthd.start();
    });
    afterAll(() => truthd.stop());

    /** The outcomes of two requests, one on each connection, by their number. */
    async function outcomesOf(
      driverId: string,
      { mode }: HostileRow,
      outcome: Outcome,
      changes: Partial<LoadRequest> = {},
    ): Promise<Partial<RequestCounts>> {
      await truthd.program({ wire: { mode, intervalMs: 20 } });
      const request = loadOf(truthd, {
        connections: REQUESTS,
        termination: { kind: 'amount', requests: REQUESTS },
        requestTimeoutMs: outcome === 'timeout' ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS,
        ...changes,
      });
      const { counts, reasons } = await measure(driverNamed(driverId), request);
      const isSaid = reasons.some(({ code }) => code === 'UNCOUNTED_OUTCOMES');
      // Where a driver cannot tell, it says so with every result, whatever the server did.
      expect(isSaid).toBe(driverId === 'autocannon' && request.expected.bodyBytes === null);
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
    }

    it.each(HOSTILE_TABLE)('$name: $dyno under dyno', async (row) => {
      expect(await outcomesOf('dyno', row, row.dyno)).toEqual({ sent: REQUESTS, [row.dyno]: REQUESTS });
    });

    it.each(HOSTILE_TABLE)('$name: $autocannon under autocannon', async (row) => {
      const outcomes = await outcomesOf('autocannon', row, row.autocannon);
      expect(outcomes).toEqual({ sent: REQUESTS, [row.autocannon]: REQUESTS });
    });

    // What its parser lets pass is known and written down: it must not grow unseen.
    it.each(HOSTILE_TABLE.filter((row) => row.autocannonAnyBody !== row.autocannon))(
      '$name: $autocannonAnyBody under autocannon where any body is right',
      async (row) => {
        const outcome = row.autocannonAnyBody;
        const outcomes = await outcomesOf('autocannon', row, outcome, { expected: ANY_BODY });
        expect(outcomes).toEqual({ sent: REQUESTS, [outcome]: REQUESTS });
      },
    );
  },
);
