import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCaching } from '../../harness/analysis/caching.ts';
import { auditCaching } from '../../harness/session/caching-audit.ts';
import { whenQuiet } from '../support/quiet.ts';
import type { Program } from '../truth/program.ts';
import { holdPercentileUs } from '../truth/truth.ts';
import { Truthd, truthdUnavailable } from '../truth/truthd.ts';
import { compare, drivers, loadOf } from './rig.ts';

describe.skipIf(truthdUnavailable !== null)(`caching (${truthdUnavailable ?? 'planted'})`, () => {
  let truthd: Truthd;
  beforeAll(async () => {
    truthd = await Truthd.start();
  });
  afterAll(() => truthd.stop());
  const dyno = drivers.get('dyno') ?? expect.fail('no driver dyno');

  const auditOf = async (program: Program) => {
    await truthd.program(program);
    const audit = await auditCaching(dyno, loadOf(truthd, { connections: 4 }), new AbortController().signal);
    if (audit.kind !== 'compared') throw new Error(JSON.stringify(audit));
    return judgeCaching(audit.pairs);
  };

  it('G30 caching audit: a server that is faster with paths it has seen is found', async () => {
    const [reason] = await auditOf({ delayDeck: [{ us: 2_000, times: 1 }], unseenPathUs: 2_000 });
    expect(reason?.code).toBe('RESPONSE_CACHED');
  }, 60_000);

  it(
    'G30 caching audit: a server that does the same for every path is not accused',
    (context) =>
      whenQuiet(context, async () => {
        expect(await auditOf({ delayDeck: [{ us: 2_000, times: 1 }] })).toEqual([]);
      }),
    60_000,
  );

  it('G30 caching audit: no two requests ask for the same, over workers and batches', async () => {
    const unseenUs = 20_000;
    const { truth, result } = await compare(
      dyno,
      truthd,
      { unseenPathUs: unseenUs },
      {
        vary: 'query',
        workers: 2,
        connections: 8,
        pipelining: 4,
        termination: { kind: 'amount', requests: 400 },
      },
    );
    expect(result.counts).toMatchObject({ sent: 400, ok: 400 });
    // Every one of them was new to the server, which held each back.
    expect(truth.requests).toBe(400);
    expect(holdPercentileUs(truth.okHold, 0)).toBeGreaterThanOrEqual(unseenUs);
  });
});
