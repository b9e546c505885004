import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { z } from '../../harness/base/schema.ts';
import { requestCountsSchema } from '../../harness/model/counts.ts';
import { needsNetworkNamespace, needsRoot } from '../support/privileged.ts';
import { whenQuiet } from '../support/quiet.ts';
import { truthdUnavailable } from '../truth/truthd.ts';
import { EXACT_DRIVERS } from './rig.ts';

const BODY_BYTES = 125_000;

const outcomeSchema = z.object({
  counts: requestCountsSchema,
  okInWindow: z.number(),
  bodyMbit: z.number(),
  meanMs: z.number(),
});

function loadThroughNarrowLink(
  context: TestContext,
  driverId: string,
  durationMs: number,
): z.infer<typeof outcomeSchema> {
  const fixture = path.join(import.meta.dirname, 'fixtures', 'narrow-link.ts');
  const args = ['--net', process.execPath, fixture, driverId, String(BODY_BYTES), String(durationMs)];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 30_000 });
  const refusal = /RTNETLINK answers: .*/.exec(stderr)?.[0];
  if (refusal !== undefined) context.skip(`the kernel makes no such link here: ${refusal}`);
  expect(stdout, stderr).not.toBe('');
  return outcomeSchema.parse(JSON.parse(stdout));
}

describe.skipIf(truthdUnavailable !== null)(
  `a link of 10 Mbit/s (${truthdUnavailable ?? 'between two namespaces'})`,
  () => {
    it.for(EXACT_DRIVERS.map(({ id }) => id))(
      'G27 bandwidth: %s measures what the link lets through, and the time that one body takes on it',
      { timeout: 60_000 },
      async (driverId, context) => {
        needsNetworkNamespace(context);
        needsRoot(context, 'tc', 'nsenter');
        await whenQuiet(context, async () => {
          const { counts, okInWindow, bodyMbit, meanMs } = loadThroughNarrowLink(context, driverId, 4_000);
          expect(counts.ok, JSON.stringify(counts)).toBe(counts.sent);
          // One answer, 0.25 Mbit/s, may be counted that began before the window, and one not that ends after it.
          expect(okInWindow).toBeGreaterThanOrEqual(36);
          expect(bodyMbit).toBeGreaterThanOrEqual(9);
          expect(bodyMbit).toBeLessThanOrEqual(10);
          expect(meanMs).toBeGreaterThanOrEqual(100);
          expect(meanMs).toBeLessThanOrEqual(112);
        });
      },
    );
  },
);
