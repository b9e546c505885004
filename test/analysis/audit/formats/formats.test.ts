import { describe, expect, it } from 'vitest';
import { auditRows } from '../../../../harness/analysis/audit/audit-rows.ts';
import { parseTimeUs } from '../../../../harness/analysis/audit/formats/values.ts';
import { parseResults } from '../../../../harness/analysis/audit/parse-results.ts';
import type { PublishedRow } from '../../../../harness/analysis/audit/published-row.ts';

function rowsOf(text: string, format: string): PublishedRow[] {
  const parsed = parseResults(text);
  if (parsed.kind === 'unknown') throw new Error(parsed.why);
  expect(parsed.format).toBe(format);
  return parsed.rows;
}
const rulesIn = (rows: readonly PublishedRow[]): string[] => auditRows('file', rows).map(({ rule }) => rule);

describe('autocannon JSON', () => {
  const result = {
    url: 'http://127.0.0.1:3000',
    connections: 100,
    pipelining: 1,
    duration: 10.02,
    errors: 0,
    timeouts: 0,
    non2xx: 0,
    requests: { average: 20_000, mean: 20_000, total: 200_400 },
    latency: {
      average: 4.9,
      min: 1,
      max: 60,
      p50: 4,
      p75: 5,
      p90: 7,
      p97_5: 9,
      p99: 12,
      p99_9: 30,
      p99_99: 58,
    },
  };

  it('is read in our units, and clean when it is', () => {
    const [row] = rowsOf(JSON.stringify(result), 'autocannon JSON');
    expect(row).toMatchObject({ connections: 100, durationS: 10.02, rps: 20_000, responses: 200_400 });
    expect(row?.latencyUs).toMatchObject({ min: 1_000, mean: 4_900, max: 60_000, resolutionUs: 1_000 });
    expect(row?.latencyUs.percentiles).toContainEqual([99.9, 30_000]);
    expect(rulesIn(row === undefined ? [] : [row])).toEqual([]);
  });

  it('is refuted where half of the rate is errors', () => {
    expect(rulesIn(rowsOf(JSON.stringify({ ...result, non2xx: 100_000 }), 'autocannon JSON'))).toEqual([
      'ERRORS_AS_SUCCESS',
    ]);
  });
});

describe('wrk text', () => {
  const report = (latency: string, extra = ''): string => `Running 10s test @ http://127.0.0.1:8080/
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   ${latency}
    Req/Sec    50.10k     1.20k   55.00k    70.00%
  Latency Distribution
     50%  600.00us
     75%  710.00us
     90%    0.90ms
     99%    2.01ms
  1000400 requests in 10.00s, 1.10GB read
${extra}Requests/sec: 100040.00
Transfer/sec:    112.00MB
`;

  it('is read with its distribution, and clean when it is', () => {
    const rows = rowsOf(report('640.00us  120.00us   9.00ms   80.00%'), 'wrk text');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      name: 'http://127.0.0.1:8080/',
      loop: 'closed',
      connections: 64,
      durationS: 10,
      rps: 100_040,
      responses: 1_000_400,
      errorResponses: 0,
      failedRequests: 0,
      latencyUs: {
        mean: 640,
        max: 9_000,
        percentiles: [
          [50, 600],
          [75, 710],
          [90, 900],
          [99, 2_010],
        ],
      },
    });
    expect(rulesIn(rows)).toEqual([]);
  });

  it('G10: is refuted where its mean does not fit rate and connections', () => {
    expect(rulesIn(rowsOf(report('1.25ms  120.00us   9.00ms   80.00%'), 'wrk text'))).toEqual([
      'LITTLES_LAW',
    ]);
  });

  it('tells its errors', () => {
    const extra =
      '  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 500200\n';
    const rows = rowsOf(report('640.00us  120.00us   9.00ms   80.00%', extra), 'wrk text');
    expect(rows[0]).toMatchObject({ failedRequests: 10, errorResponses: 500_200 });
    expect(rulesIn(rows)).toEqual(['ERRORS_AS_SUCCESS']);
  });

  it('holds several reports, and an open loop by its calibration', () => {
    const one = report('640.00us  120.00us   9.00ms   80.00%');
    const wrk2 = one.replace(
      '  Thread Stats',
      '  Thread calibration: mean lat.: 1.1ms, rate sampling interval: 10ms\n  Thread Stats',
    );
    expect(rowsOf(one + wrk2, 'wrk text').map(({ loop, row }) => [row, loop])).toEqual([
      [1, 'closed'],
      [2, 'open'],
    ]);
  });
});

describe('oha', () => {
  const json = {
    summary: {
      successRate: 1,
      total: 5,
      slowest: 0.02,
      fastest: 0.0002,
      average: 0.001,
      requestsPerSec: 50_000,
    },
    latencyPercentiles: { p50: 0.0009, 'p99.9': 0.012, p99: 0.004 },
    statusCodeDistribution: { 200: 250_000 },
    errorDistribution: { 'aborted due to deadline': 50 },
  };

  it('JSON is read in seconds, percentiles in order; what the deadline cut off is no failure', () => {
    const rows = rowsOf(JSON.stringify(json), 'oha JSON');
    expect(rows[0]).toMatchObject({ durationS: 5, rps: 50_000, responses: 250_000, failedRequests: 0 });
    expect(rows[0]?.latencyUs.percentiles.map(([percentile]) => percentile)).toEqual([50, 99, 99.9]);
    expect(rows[0]?.latencyUs.mean).toBeCloseTo(1_000, 9);
    expect(rulesIn(rows)).toEqual([]);
  });

  it('JSON is refuted where its total does not make its rate, or its rate is errors', () => {
    const half = { ...json, summary: { ...json.summary, requestsPerSec: 100_000 } };
    expect(rulesIn(rowsOf(JSON.stringify(half), 'oha JSON'))).toEqual(['RATE_MISMATCH']);
    const errors = { ...json, statusCodeDistribution: { 200: 150_000, 503: 100_000 } };
    expect(rulesIn(rowsOf(JSON.stringify(errors), 'oha JSON'))).toEqual(['ERRORS_AS_SUCCESS']);
  });

  it('text is read too', () => {
    const text = `Summary:
  Success rate:\t100.00%
  Total:\t5.0000 secs
  Slowest:\t0.0200 secs
  Fastest:\t0.0002 secs
  Average:\t0.0010 secs
  Requests/sec:\t50000.0000

Response time distribution:
  50.00% in 0.0009 secs
  99.00% in 0.0040 secs

Status code distribution:
  [200] 240000 responses
  [500] 10000 responses

Error distribution:
  [50] aborted due to deadline
  [7] connection reset
`;
    const rows = rowsOf(text, 'oha text');
    expect(rows[0]).toMatchObject({
      durationS: 5,
      responses: 250_000,
      errorResponses: 10_000,
      failedRequests: 7,
    });
    expect(rows[0]?.latencyUs).toMatchObject({ min: 200, mean: 1_000, max: 20_000 });
    expect(rulesIn(rows)).toEqual(['ERRORS_AS_SUCCESS']);
  });
});

describe('k6 summary', () => {
  const trend = { avg: 5, min: 1, med: 4, max: 90, 'p(90)': 9, 'p(99)': 30 };

  it('is read from handleSummary and from --summary-export alike', () => {
    const nested = {
      state: { testRunDurationMs: 10_000 },
      metrics: {
        http_reqs: { type: 'counter', values: { count: 20_000, rate: 2_000 } },
        http_req_duration: { type: 'trend', values: trend },
        http_req_failed: { type: 'rate', values: { rate: 0, passes: 0, fails: 20_000 } },
      },
    };
    const flat = {
      metrics: {
        http_reqs: { count: 20_000, rate: 2_000 },
        http_req_duration: trend,
        http_req_failed: { value: 0 },
      },
    };
    for (const [value, durationS] of [
      [nested, 10],
      [flat, null],
    ] as const) {
      const rows = rowsOf(JSON.stringify(value), 'k6 summary');
      expect(rows[0]).toMatchObject({ durationS, rps: 2_000, responses: 20_000, errorResponses: 0 });
      expect(rows[0]?.latencyUs.percentiles).toEqual([
        [50, 4_000],
        [90, 9_000],
        [99, 30_000],
      ]);
      expect(rulesIn(rows)).toEqual([]);
    }
  });

  it('is refuted where its failed requests make its rate', () => {
    const value = {
      metrics: {
        http_reqs: { count: 20_000, rate: 2_000 },
        http_req_duration: trend,
        http_req_failed: { value: 0.5 },
      },
    };
    expect(rulesIn(rowsOf(JSON.stringify(value), 'k6 summary'))).toEqual(['ERRORS_AS_SUCCESS']);
  });
});

describe('HttpArena rows', () => {
  const row = {
    framework: 'alpha',
    language: 'Rust',
    rps: 1_000_000,
    avg_latency: '512us',
    p99_latency: '1.90ms',
    connections: 512,
    threads: 64,
    duration: '5s',
    pipeline: 1,
    status_2xx: 5_000_000,
    status_3xx: 0,
    status_4xx: 0,
    status_5xx: 0,
  };
  const rows = (...changes: object[]): PublishedRow[] =>
    rowsOf(JSON.stringify(changes.map((change) => ({ ...row, ...change }))), 'HttpArena rows');

  it('are read with the units of their texts, and clean when they are', () => {
    expect(rows({})[0]).toMatchObject({
      name: 'alpha',
      group: '512 connections, pipeline 1',
      durationS: 5,
      responses: 5_000_000,
      latencyUs: { mean: 512, percentiles: [[99, 1_900]], resolutionUs: 0.5 },
    });
    expect(rulesIn(rows({}, { pipeline: 16, avg_latency: '8.19ms', p99_latency: '20.0ms' }))).toEqual([]);
  });

  it('are refuted where p99 is the mean, and where latency contradicts the rate', () => {
    expect(rulesIn(rows({ p99_latency: '512us' }))).toEqual(['PERCENTILE_EQUALS_MEAN']);
    expect(rulesIn(rows({ avg_latency: '120us' }))).toEqual(['LITTLES_LAW']);
    expect(rulesIn(rows({ status_2xx: 1_000_000, status_5xx: 4_000_000 }))).toEqual(['ERRORS_AS_SUCCESS']);
  });
});

describe("the-benchmarker's data", () => {
  const figures = {
    total_requests_per_s: 80_000,
    total_requests: 1_200_000,
    duration_ms: 15_000_000,
    average_latency: 800,
    minimum_latency: 50,
    maximum_latency: 20_000,
    percentile_50: 700,
    percentile_99: 3_000,
    'percentile_99.999': 19_000,
    http_errors: 0,
    request_timeouts: 0,
  };
  const data = (values: object): string =>
    JSON.stringify({
      metrics: Object.entries(values).map(([label, value]) => ({ level: 64, label, value, framework_id: 3 })),
      frameworks: [{ id: 3, label: 'alpha' }],
    });

  it('is gathered from single figures, microseconds throughout, and clean when it is', () => {
    const rows = rowsOf(data(figures), 'the-benchmarker data');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ name: 'alpha (64)', connections: 64, durationS: 15, rps: 80_000 });
    expect(rows[0]?.latencyUs.percentiles.map(([percentile]) => percentile)).toEqual([50, 99, 99.999]);
    expect(rulesIn(rows)).toEqual([]);
  });

  it('is refuted where percentiles fall', () => {
    expect(rulesIn(rowsOf(data({ ...figures, percentile_99: 600 }), 'the-benchmarker data'))).toEqual([
      'PERCENTILE_ORDER',
    ]);
  });
});

describe('anything else', () => {
  it.each([
    '',
    'hello',
    '{}',
    '[]',
    'null',
    '42',
    '[1]',
    '{"metrics":[]}',
    '{"metrics":{"http_reqs":7}}',
    '{"__proto__":{"a":1}}',
  ])('is called unknown, not guessed at: %s', (text) => {
    expect(parseResults(text)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('autocannon JSON'),
    });
  });

  it('S10: does not let a file reach a prototype', () => {
    parseResults('{"summary":{"requestsPerSec":1,"__proto__":{"polluted":true}}}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('reads times with their units and their last digit', () => {
    expect(parseTimeUs('188us')).toEqual({ us: 188, resolutionUs: 0.5 });
    expect(parseTimeUs('2.66ms')).toEqual({ us: 2_660, resolutionUs: 5 });
    expect(parseTimeUs('0.0015 secs')).toEqual({ us: 1_500, resolutionUs: 50 });
    expect(parseTimeUs('1.5')).toBeNull();
    expect(parseTimeUs('fast')).toBeNull();
  });
});
