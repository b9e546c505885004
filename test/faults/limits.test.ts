import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseTooManyConnections } from '../../harness/commands/preflight.ts';
import { z } from '../../harness/base/schema.ts';
import { imbalance, requestCountsSchema } from '../../harness/model/counts.ts';
import { needsNetworkNamespace, needsRoot } from '../support/privileged.ts';
import { repository } from '../support/source-tree.ts';

const outcomeSchema = z.object({
  code: z.number(),
  stderr: z.string(),
  report: z.object({
    verdict: z.string(),
    counts: requestCountsSchema,
    reasons: z.array(z.object({ code: z.string(), detail: z.string() })),
  }),
});

/** What a load may take beyond its window: start of the threads, drain, and a busy machine. */
const MARGIN_MS = 10_000;

/** A load within a namespace that suffers the fault; it must end by itself well before the time is up. */
function loadUnder(fault: string, args: readonly string[]): z.infer<typeof outcomeSchema> {
  const fixture = path.join(import.meta.dirname, 'fixtures', 'namespace-load.ts');
  const command = ['--net', process.execPath, fixture, fault, '--warmup', '0s', ...args];
  const from = performance.now();
  const { stdout, stderr } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 30_000 });
  expect(performance.now() - from).toBeLessThan(1_500 + MARGIN_MS);
  expect(stdout, stderr).not.toBe('');
  const outcome = outcomeSchema.parse(JSON.parse(stdout));
  expect(imbalance(outcome.report.counts)).toBe(0);
  return outcome;
}

const codesOf = ({ report }: z.infer<typeof outcomeSchema>): string[] =>
  report.reasons.map(({ code }) => code);

describe('F30 the limit of open files', () => {
  it('refuses a load before it begins, with exit code 4 and the way out', (context) => {
    needsRoot(context, 'prlimit');
    const cli = [process.execPath, path.join(repository, 'harness', 'cli.ts')];
    const args = ['--nofile=64:64', ...cli, 'load', 'http://127.0.0.1:9/', '-c', '256'];
    const { status, stdout, stderr } = spawnSync('prlimit', args, { encoding: 'utf8' });
    expect({ status, stdout }, stderr).toEqual({ status: 4, stdout: '' });
    expect(stderr).toBe(
      'httpdyno: FD_LIMIT: 256 connections need 320 open files, and the limit here is 64\n  fix: `ulimit -n 320`, or --connections 1\n',
    );
  });

  it('counts our own files with the connections, and takes an unknown limit for none', () => {
    expect(() => refuseTooManyConnections(961, 1_024)).toThrow(
      expect.objectContaining({ code: 'PREFLIGHT' }),
    );
    expect(() => refuseTooManyConnections(960, 1_024)).not.toThrow();
    expect(() => refuseTooManyConnections(100_000, null)).not.toThrow();
    expect(() => refuseTooManyConnections(100_000, Number.POSITIVE_INFINITY)).not.toThrow();
  });
});

describe('F31 ports that run out', () => {
  it('are counted as a limit of the driver, and the measurement is invalid', (context) => {
    needsNetworkNamespace(context);
    const outcome = loadUnder('few-ports', ['-d', '1s', '-c', '150', '--timeout', '1s']);
    expect(outcome.code).toBe(3);
    expect(outcome.report.verdict).toBe('invalid');
    // 100 ports for 150 connections: 50 at least find none, and none of them is blamed on the target.
    expect(outcome.report.counts.connectError).toBeGreaterThanOrEqual(50);
    expect(outcome.report.counts.ok).toBeGreaterThan(0);
    expect(codesOf(outcome)).toContain('DRIVER_LIMIT');
    expect(outcome.report.reasons.find(({ code }) => code === 'DRIVER_LIMIT')?.detail).toContain(
      'EADDRNOTAVAIL',
    );
  });
});

describe('F32 a network that fails while the load runs', () => {
  it('by dropping every packet ends in time, and what was under way is a timeout', (context) => {
    needsNetworkNamespace(context);
    needsRoot(context, 'iptables');
    const { code, report } = loadUnder('blackhole', ['-d', '1500ms', '-c', '8', '--timeout', '500ms']);
    expect(code).toBe(3);
    expect(report.counts.ok).toBeGreaterThan(0);
    expect(report.counts.timeout).toBeGreaterThan(0);
    expect(report.counts.reset).toBe(0);
  });

  it('by resetting every connection ends in time, and what was under way is a reset', (context) => {
    needsNetworkNamespace(context);
    needsRoot(context, 'iptables');
    const { code, report } = loadUnder('reset', ['-d', '1500ms', '-c', '8', '--timeout', '500ms']);
    expect(code).toBe(3);
    expect(report.counts.ok).toBeGreaterThan(0);
    expect(report.counts.reset + report.counts.connectError).toBeGreaterThan(0);
  });
});
