import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno, scratchFolder } from '../support/cli.ts';

async function auditOf(...files: string[]): Promise<{
  code: number | null;
  findings: { rule: string; file: string; row: number; message: string }[];
}> {
  const { code, stdout, stderr } = await httpdyno(['audit', '--json', ...files]);
  expect(stdout, stderr).not.toBe('');
  return { code, findings: JSON.parse(stdout).findings };
}

function file(name: string, text: string): string {
  const target = path.join(scratchFolder(), name);
  writeFileSync(target, text);
  return target;
}

describe('an audit of our own session', () => {
  it('P12 S16: finds nothing in what a run wrote, and every figure that was changed afterwards', async () => {
    const results = scratchFolder();
    const short = [
      '--no-build',
      '--driver',
      'dyno',
      '--rounds',
      '1',
      '--duration',
      '400ms',
      '--warmup',
      '200ms',
    ];
    await httpdyno([
      'run',
      ...short,
      '--target',
      'node-http',
      '--scenario',
      '1kb',
      '--results',
      results,
      '--id',
      'one',
    ]);
    const folder = path.join(results, 'one');
    expect(await auditOf(folder)).toEqual({ code: 0, findings: [] });

    const report = path.join(folder, 'report.md');
    const honest = readFileSync(report, 'utf8');
    writeFileSync(report, honest.replace('CPU per request', 'CPU per reqeust'));
    const embellished = await auditOf(folder);
    expect(embellished.code).toBe(3);
    expect(embellished.findings).toMatchObject([{ rule: 'REPORT_DIFFERS', file: report }]);
    writeFileSync(report, honest);

    const session = path.join(folder, 'session.json');
    const raw = readFileSync(session, 'utf8');
    writeFileSync(
      session,
      raw.replace(/"sent": (\d+)/, (_, sent) => `"sent": ${Number(sent) + 1}`),
    );
    const tampered = await auditOf(session);
    expect(tampered.findings.map(({ rule }) => rule)).toContain('ACCOUNTING');
  });
});

describe('an audit of what others published', () => {
  const row = {
    framework: 'a',
    rps: 50_000,
    avg_latency: '1.20ms',
    p99_latency: '3.10ms',
    connections: 64,
    threads: 2,
    duration: '5s',
    pipeline: 1,
    status_2xx: 250_000,
  };

  it('finds nothing in figures that can be', async () => {
    expect(await auditOf(file('arena.json', JSON.stringify([row])))).toEqual({ code: 0, findings: [] });
  });

  it('names row, rule and arithmetic of those that cannot', async () => {
    const impossible = { ...row, framework: 'b', rps: 100_000, status_2xx: 500_000 };
    const { code, findings } = await auditOf(file('arena.json', JSON.stringify([row, impossible])));
    expect(code).toBe(3);
    expect(findings).toMatchObject([
      { row: 2, rule: 'LITTLES_LAW', message: expect.stringContaining('100,000 req/s x 1.20 ms = 120') },
    ]);
  });

  it('refuses what it does not know, with exit code 2', async () => {
    const { code, stderr } = await httpdyno(['audit', file('x.json', '{"some":"thing"}')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/x\.json: is none of: /);
  });
});
