import { describe, expect, it } from 'vitest';
import type { LoadRequest, LoadResult } from '../../harness/model/load.ts';
import type { LoadDriver, LoadOutcome } from '../../harness/model/ports.ts';
import { auditCaching } from '../../harness/session/caching-audit.ts';
import { closedRequest } from '../engine/load-fixtures.ts';
import { loadResult } from '../support/factories.ts';

const never = new AbortController().signal;

/** A driver that answers each load as told, and remembers what it was asked. */
function driverThat(answer: (request: LoadRequest) => LoadOutcome): {
  driver: LoadDriver;
  asked: LoadRequest[];
} {
  const asked: LoadRequest[] = [];
  const driver: LoadDriver = {
    id: 'fake',
    label: 'fake',
    loops: ['closed'],
    unavailable: () => Promise.resolve(null),
    run: async (request) => {
      asked.push(request);
      return answer(request);
    },
  };
  return { driver, asked };
}

function measured(changes: Partial<LoadResult> & { rps?: number } = {}): LoadOutcome {
  const { rps = 1_000, ...rest } = changes;
  return { kind: 'measured', result: { ...loadResult({ rps, connections: 1 }), ...rest } };
}

describe('G30 the loads of a caching audit', () => {
  it('compares the mean service times of one path and of varied ones, whichever came first', async () => {
    const { driver } = driverThat(({ vary }) => measured({ rps: vary === undefined ? 1_000 : 500 }));
    const audit = await auditCaching(driver, closedRequest(), never);
    if (audit.kind !== 'compared') throw new Error(audit.kind);
    expect(audit.pairs).toHaveLength(8);
    for (const { fixedUs, variedUs } of audit.pairs) {
      expect(fixedUs).toBeCloseTo(1_000, -1);
      expect(variedUs).toBeCloseTo(2_000, -1);
    }
  });

  it('takes turns in the order ABBA after a load that does not count, and repeats no varied path', async () => {
    const { driver, asked } = driverThat(() => measured());
    await auditCaching(driver, closedRequest({ seed: 40, connections: 3 }), never);
    const letters = asked.map(({ vary }) => (vary === undefined ? 'A' : 'B')).join('');
    expect(letters).toBe('AABBAABBAABBAABBA');
    const seeds = asked.filter(({ vary }) => vary === 'query').map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(8);
    for (const { connections, termination, warmup } of asked) {
      expect({ connections, termination, warmup }).toEqual({
        connections: 3,
        termination: { kind: 'duration', ms: 250 },
        warmup: { minMs: 0, maxMs: 0 },
      });
    }
  });

  it('says nothing where varied paths are answered otherwise', async () => {
    const wrong = { ...loadResult().counts, sent: 100, ok: 98, badStatus: 2 };
    const { driver } = driverThat(({ vary }) => measured(vary === undefined ? {} : { counts: wrong }));
    expect(await auditCaching(driver, closedRequest(), never)).toEqual({
      kind: 'untold',
      why: 'of 100 requests for paths of their own 98 were answered as expected',
    });
  });

  it('says nothing where nothing is answered, or the driver fails', async () => {
    const none = { ...loadResult().counts, sent: 0, ok: 0 };
    const silent = driverThat(() => measured({ counts: none }));
    expect(await auditCaching(silent.driver, closedRequest(), never)).toMatchObject({ kind: 'untold' });
    const reason = { code: 'DRIVER_CRASHED', detail: 'a thread died' } as const;
    const failing = driverThat(() => ({ kind: 'failed', reason }));
    expect(await auditCaching(failing.driver, closedRequest(), never)).toEqual({
      kind: 'untold',
      why: 'a thread died',
    });
  });

  it('stops with the load that is interrupted', async () => {
    const { driver, asked } = driverThat(({ vary }) =>
      vary === undefined ? measured() : { kind: 'aborted' },
    );
    expect(await auditCaching(driver, closedRequest(), never)).toEqual({ kind: 'aborted' });
    expect(asked).toHaveLength(3);
  });
});
