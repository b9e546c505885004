import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../harness/base/schema.ts';
import { httpdyno } from '../support/cli.ts';

const reportSchema = z.object({
  verdict: z.string(),
  counts: z.object({ sent: z.int() }),
  reasons: z.array(z.object({ code: z.string(), detail: z.string() })),
});

/** A server that takes 2 ms for an answer, 6 ms for one that it has not given before, and refuses queries under `/plain`. */
async function startCachingServer(): Promise<string> {
  const given = new Set<string>();
  const server = createServer(({ url = '/' }, response) => {
    if (url.startsWith('/plain?')) response.writeHead(404).end();
    else setTimeout(() => response.end('ok'), given.has(url) ? 2 : 6);
    given.add(url);
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('G30 load --caching-audit', () => {
  let base = '';
  beforeAll(async () => {
    base = await startCachingServer();
  });

  const audit = (path: string, ...more: string[]) =>
    httpdyno(['load', `${base}${path}`, '--caching-audit', '-a', '50', '-c', '2', '--json', ...more]);

  it('notes a cache by path beside the figures, which stand', async () => {
    const { code, stdout, stderr } = await audit('/a');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^caching audit: one path \d.* a path for each request \d.* longer, median of 8 pairs\)$/m,
    );
    const { verdict, counts, reasons } = reportSchema.parse(JSON.parse(stdout));
    expect(verdict).toBe('valid');
    // What the audit sent is in none of the figures.
    expect(counts.sent).toBe(50);
    expect(reasons).toContainEqual({ code: 'RESPONSE_CACHED', detail: expect.stringContaining('one path') });
  }, 60_000);

  it('says that nothing can be said where varied paths are answered otherwise', async () => {
    const { code, stdout, stderr } = await audit('/plain');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^caching audit: nothing can be said: of \d+ requests for paths of their own 0 /m);
    const codes = reportSchema.parse(JSON.parse(stdout)).reasons.map((reason) => reason.code);
    expect(codes).not.toContain('RESPONSE_CACHED');
  }, 60_000);

  it('is refused to a driver that cannot vary paths, before any request', async () => {
    const { code, stderr } = await httpdyno([
      'load',
      `${base}/a`,
      '--caching-audit',
      '--driver',
      'autocannon',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--caching-audit: the driver autocannon does not vary paths');
    expect(stderr).toContain('--driver dyno');
  });
});
