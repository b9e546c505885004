import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditClaims } from '../../../harness/analysis/audit/audit-claims.ts';
import type { Finding } from '../../../harness/analysis/audit/finding.ts';
import { parseYaml } from '../../../harness/base/yaml.ts';
import { claimsSchema } from '../../../harness/model/claims.ts';
import { claims, type TableSketch } from '../../support/claims.ts';
import { repository } from '../../support/source-tree.ts';

const audit = (...tables: TableSketch[]): Finding[] => auditClaims('someone.yaml', claims(tables));
const messages = (...tables: TableSketch[]): string[] => audit(...tables).map(({ message }) => message);

describe('a transfer rate beside a rate', () => {
  const table = (figures: [number, number], unit = 'MB/s'): TableSketch => ({
    bodyBytes: 1_000,
    columns: ['throughputRps req/s', `bandwidthBytesPerSec ${unit}`],
    rows: { a: figures },
  });

  it('is what the bodies amount to', () => {
    expect(audit(table([100_000, 100]))).toEqual([]);
  });

  it('may be in powers of 1,024 under the name of 1,000, or the other way round', () => {
    expect(audit(table([104_858, 100]))).toEqual([]);
    expect(audit(table([1_000_000, 1_000], 'MiB/s'))).toEqual([]);
  });

  it('may count heads, but not lose bytes', () => {
    expect(audit(table([100_000, 130]))).toEqual([]);
    expect(audit(table([100_000, 90]))).toMatchObject([
      {
        row: 1,
        rule: 'TRANSFER_MISMATCH',
        name: 'A, Small',
        message: expect.stringContaining('published as 90.0 MB/s'),
      },
    ]);
  });

  it('cannot be more than bodies and heads', () => {
    expect(messages(table([100_000, 2_000]))).toEqual([
      '100,000 req/s x 1,000 B = 100 MB/s, published as 2.00 GB/s',
    ]);
  });

  it('is granted what rounding may hide', () => {
    expect(
      audit({
        ...table([1_049, 1]),
        bodyBytes: 1_000_000,
        columns: ['throughputRps req/s', 'bandwidthBytesPerSec GB/s'],
      }),
    ).toEqual([]);
  });

  it('gives all rows the same size of a response', () => {
    const rows = { a: [1_000, 90], b: [1_000, 100] };
    const found = audit({ columns: ['throughputRps req/s', 'bandwidthBytesPerSec MB/s'], rows });
    expect(found).toMatchObject([{ row: 0, rule: 'TRANSFER_MISMATCH', name: 'Small' }]);
    expect(found[0]?.message).toContain('90,000 B a response for A, 100,000 B for B');
  });

  it('is not held against a body that the source does not state', () => {
    expect(
      audit({ columns: ['throughputRps req/s', 'bandwidthBytesPerSec MB/s'], rows: { a: [1_000, 5] } }),
    ).toEqual([]);
  });
});

describe("Little's law over a table", () => {
  const columns = ['throughputRps req/s', 'latencyMeanUs ms'];

  it('finds nothing where one number of connections explains every row', () => {
    expect(audit({ columns, rows: { a: [64_000, 1], b: [32_000, 1.9] } })).toEqual([]);
  });

  it('names the two rows that none explains', () => {
    const found = audit({ columns, rows: { a: [64_000, '1.00 ms'], b: [32_000, 2], c: [10_000, 12] } });
    expect(found).toMatchObject([{ row: 0, rule: 'LITTLES_LAW', name: 'Small' }]);
    expect(found[0]?.message).toBe(
      'A 64,000 req/s x 1.00 ms = 64.0 in flight, C 10,000 req/s x 12.0 ms = 120 in flight: no one number of connections gives both in a closed loop',
    );
  });

  it('holds every row against the connections where they are stated', () => {
    const found = audit({ columns, connections: 64, rows: { a: [64_000, 1], b: [10_000, 12] } });
    expect(found).toMatchObject([
      { row: 2, rule: 'LITTLES_LAW', message: expect.stringContaining('over 64 places') },
    ]);
  });

  it('has nothing to say of a lone row', () => {
    expect(audit({ columns, rows: { a: [64_000, 1] } })).toEqual([]);
  });
});

describe('a figure that stands in two tables', () => {
  const first: TableSketch = {
    columns: ['throughputRps req/s', 'latencyMeanUs ms'],
    rows: { a: [50_000, 1.2] },
  };
  const second = (mean: number, change: Partial<TableSketch> = {}): TableSketch => ({
    title: 'Latency',
    columns: ['latencyMeanUs µs'],
    rows: { a: [mean] },
    ...change,
  });

  it('may differ by rounding', () => {
    expect(audit(first, second(1_249))).toEqual([]);
  });

  it('is refuted by what it puts in flight', () => {
    expect(audit(first, second(100))).toMatchObject([
      {
        row: 2,
        rule: 'CONTRADICTS_ITSELF',
        name: 'A, Latency',
        message:
          'mean 1.20 ms in Small, 100 µs in Latency: at 50,000 req/s that is 60.0 in flight against 5.00, so both cannot hold at the same connections',
      },
    ]);
  });

  it.each([
    ['another target', { rows: { b: [100] } }],
    ['another scenario', { scenario: '1mb' }],
  ])('may be that of %s', (_, change) => {
    expect(audit(first, second(100, change))).toEqual([]);
  });

  it('may be that of other connections, where both are stated', () => {
    expect(audit({ ...first, connections: 60 }, second(100, { connections: 5 }))).toEqual([]);
  });

  it('is told without a rate too', () => {
    const p99 = (us: number, title: string): TableSketch => ({
      title,
      columns: ['latencyP99Us µs'],
      rows: { a: [us] },
    });
    expect(messages(p99(100, 'One'), p99(300, 'Two'))).toEqual([
      'p99 100 µs in One, 300 µs in Two: both cannot hold for the same work',
    ]);
  });
});

describe('the rules for every foreign row', () => {
  it.each([
    ['PERCENTILE_EQUALS_MEAN', ['latencyMeanUs µs', 'latencyP99Us µs'], [500, 500]],
    ['PERCENTILE_ORDER', ['latencyP99Us µs', 'latencyMaxUs µs'], [500, 400]],
    ['PERCENTILE_ORDER', ['latencyP50Us µs', 'latencyP90Us µs'], [500, 400]],
  ])('hold for claims: %s', (rule, columns, figures) => {
    expect(audit({ columns, rows: { a: figures } }).map((each) => each.rule)).toEqual([rule]);
  });
});

describe('the published comparison that is shipped', () => {
  const file = path.join(repository, 'scenarios', 'claims', 'hyperlane.yaml');
  const found = auditClaims('hyperlane.yaml', parseYaml(claimsSchema, readFileSync(file, 'utf8'), file));

  it('has five transfer rates of seven that fit in no unit, and sizes that no body has', () => {
    const transfer = found.filter(({ rule }) => rule === 'TRANSFER_MISMATCH');
    expect(transfer.map(({ row }) => row)).toEqual([8, 9, 10, 11, 13, 0]);
    expect(transfer[0]?.message).toBe(
      '28,456 req/s x 1,048,576 B = 29.8 GB/s (27.8 GiB/s), published as 26.8 GB/s',
    );
  });

  it('fits no better where its megabyte is one of 1,000,000 bytes, as its note says', () => {
    const text = readFileSync(file, 'utf8').replace('bodyBytes: 1048576', 'bodyBytes: 1000000');
    const decimal = auditClaims('hyperlane.yaml', parseYaml(claimsSchema, text, file));
    const rows = decimal.filter(({ rule, row }) => rule === 'TRANSFER_MISMATCH' && row > 0);
    expect(rows).toHaveLength(6);
  });

  it('has rates and latencies of 1 KB that no one closed loop gives', () => {
    expect(found.filter(({ rule }) => rule === 'LITTLES_LAW').map(({ message }) => message)).toEqual([
      expect.stringMatching(/= 360 in flight, Hyperlane .* = 1,038 in flight/),
    ]);
  });

  it('has two mean latencies for every server', () => {
    const twice = found.filter(({ rule }) => rule === 'CONTRADICTS_ITSELF');
    expect(twice).toHaveLength(7);
    expect(twice[1]?.message).toContain('mean 1.22 ms in 1 KB, 92.0 µs in Latency');
    expect(twice[1]?.message).toContain('415 in flight against 31.3');
  });
});
