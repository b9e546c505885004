import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from '../../harness/base/schema.ts';
import { requestCountsSchema } from '../../harness/model/counts.ts';
import { httpdyno } from '../support/cli.ts';

const MIB = 1_048_576;
const UNPACKED_BYTES = 200 * MIB;
const REQUESTS = 20;

const reportSchema = z.object({ counts: requestCountsSchema, bodyBytes: z.number() });

/** The most memory that a process has had, in bytes, by the kernel's own mark; 0 once it has ended. */
function highWaterBytes(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

describe('S13 a body of 200 KB that would unpack to 200 MiB', () => {
  it('is asked for as it is, counted as it comes, and never unpacked', async (context) => {
    if (process.platform !== 'linux') context.skip('needs /proc');
    const bomb = gzipSync(Buffer.alloc(UNPACKED_BYTES));
    expect(bomb.length).toBeLessThan(MIB);
    const asked = new Set<string | undefined>();
    const server = createServer((request, response) => {
      asked.add(request.headers['accept-encoding']);
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    let peakBytes = 0;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const args = ['load', url, '--json', '-a', String(REQUESTS), '-c', '2', '--warmup', '0s'];
    const { stdout, stderr } = await httpdyno(args, {
      during: async ({ pid }) => {
        const look = setInterval(() => (peakBytes = Math.max(peakBytes, highWaterBytes(pid))), 5);
        onTestFinished(() => clearInterval(look));
      },
    });
    const { counts, bodyBytes } = reportSchema.parse(JSON.parse(stdout));
    expect(counts, stderr).toMatchObject({ sent: REQUESTS, ok: REQUESTS });
    expect(bodyBytes).toBe(REQUESTS * bomb.length);
    expect([...asked]).toEqual(['identity']);
    expect(peakBytes).toBeGreaterThan(10 * MIB);
    expect(peakBytes).toBeLessThan(UNPACKED_BYTES);
  });
});
