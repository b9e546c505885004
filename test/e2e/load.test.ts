import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from '../../harness/base/schema.ts';
import { imbalance, requestCountsSchema } from '../../harness/model/counts.ts';
import { httpdyno } from '../support/cli.ts';

let seen = 0;
let server: Server;
let base = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    seen++;
    response.statusCode = request.url === '/bad' ? 500 : 200;
    response.end('x'.repeat(100));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const reportSchema = z.object({
  counts: requestCountsSchema,
  bodyBytes: z.number(),
  wireBytes: z.number(),
  verdict: z.string(),
});

async function load(args: string[]): Promise<{ code: number | null; report: z.infer<typeof reportSchema> }> {
  const { code, stdout, stderr } = await httpdyno(['load', '--json', ...args]);
  expect(stdout, stderr).not.toBe('');
  return { code, report: reportSchema.parse(JSON.parse(stdout)) };
}

describe('load', () => {
  it.each(['1', '2'])(
    'G7 G8: sends exactly the requests asked for, on %s worker(s), and counts every byte',
    async (workers) => {
      seen = 0;
      const { code, report } = await load([
        `${base}/`,
        '-a',
        '1000',
        '-c',
        '7',
        '-w',
        workers,
        '--warmup',
        '0s',
      ]);
      expect(code).toBe(0);
      expect(seen).toBe(1_000);
      expect(report.counts).toMatchObject({ sent: 1_000, ok: 1_000 });
      expect(imbalance(report.counts)).toBe(0);
      expect(report.bodyBytes).toBe(100_000);
      expect(report.wireBytes).toBeGreaterThan(report.bodyBytes);
    },
  );

  it.for(['dyno', 'autocannon', 'wrk'])(
    'with %s names the host as the user did, in every request, and dials what was checked',
    async (driver, context) => {
      if (driver === 'wrk' && spawnSync('wrk', ['-v']).error !== undefined) context.skip('needs wrk');
      const hosts: string[] = [];
      const named = createServer((request, response) => {
        hosts.push(...request.rawHeaders.filter((_, at, all) => /^host$/i.test(all[at - 1] ?? '')));
        response.end('x');
      });
      await new Promise<void>((resolve) => named.listen(0, 'localhost', resolve));
      onTestFinished(() => {
        named.closeAllConnections();
        named.close();
      });
      const authority = `localhost:${(named.address() as AddressInfo).port}`;
      const time = ['-d', '300ms', '--warmup', '0s', '-c', '2', '--driver', driver];
      const { report } = await load([`http://${authority}/`, ...time]);
      expect(report.counts.ok).toBeGreaterThan(0);
      expect(hosts.length).toBeGreaterThanOrEqual(report.counts.ok);
      expect(new Set(hosts)).toEqual(new Set([authority]));
    },
  );

  it('counts wrong answers and says so with exit code 3', async () => {
    const { code, report } = await load([`${base}/bad`, '-a', '50', '-c', '5', '--warmup', '0s']);
    expect(code).toBe(3);
    expect(report.counts).toMatchObject({ sent: 50, ok: 0, badStatus: 50 });
    expect(report.verdict).toBe('failed');
  });

  it('counts every attempt at a port where nobody listens', async () => {
    const { code, report } = await load([
      'http://127.0.0.1:9/',
      '-d',
      '300ms',
      '-c',
      '3',
      '--warmup',
      '0s',
      '--timeout',
      '300ms',
    ]);
    expect(code).toBe(3);
    expect(report.counts.connectError).toBeGreaterThan(0);
    expect(imbalance(report.counts)).toBe(0);
  });

  it('P10: refuses what is not this machine, with exit code 2 and what would be needed', async () => {
    const { code, stdout, stderr } = await httpdyno(['load', 'http://192.0.2.1/']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/192\.0\.2\.1 is not a loopback address[\s\S]*fix: /);
  });

  it('B16: refuses more connections than requests', async () => {
    const { code, stderr } = await httpdyno(['load', `${base}/`, '-a', '5', '-c', '6']);
    expect(code).toBe(2);
    expect(stderr).toContain('--connections');
  });

  it.each([
    ['-H', 'Host: evil'],
    ['-H', 'x: a\r\nb'],
    ['-H', 'nonsense'],
    ['-R', '0'],
    ['-m', 'BREW'],
  ])('B21 B15: refuses %s %j', async (flag, value) => {
    const { code, stdout } = await httpdyno(['load', `${base}/`, flag, value]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
