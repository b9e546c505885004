import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from '../../harness/base/schema.ts';
import { requestCountsSchema } from '../../harness/model/counts.ts';
import { needsNetworkNamespace, needsRoot } from '../support/privileged.ts';
import { whenQuiet } from '../support/quiet.ts';

const outcomeSchema = z.object({
  report: z.object({
    counts: requestCountsSchema,
    serviceTimeUs: z.object({ p50: z.number(), p999: z.number() }),
  }),
});

describe('G26 a network that loses one packet in a hundred', () => {
  it('shows as retransmission in the far tail, not as errors', async (context) => {
    needsNetworkNamespace(context);
    needsRoot(context, 'iptables');
    await whenQuiet(context, async () => {
      const fixture = path.join(import.meta.dirname, 'fixtures', 'namespace-load.ts');
      const args = ['--net', process.execPath, fixture, 'loss', '-R', '500', '-d', '14s', '-c', '32'];
      const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 60_000 });
      expect(stdout, stderr).not.toBe('');
      const { counts, serviceTimeUs } = outcomeSchema.parse(JSON.parse(stdout)).report;
      expect(counts).toMatchObject({ sent: 7_000, ok: 7_000, dropped: 0 });
      expect(serviceTimeUs.p50).toBeLessThan(2_000);
      // The kernel waits 200 ms at least before it sends anew.
      expect(serviceTimeUs.p999).toBeGreaterThanOrEqual(200_000);
      expect(serviceTimeUs.p999).toBeLessThan(450_000);
    });
  });
});
