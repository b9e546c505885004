import { describe, expect, it } from 'vitest';
import {
  autocannon,
  dyno,
  type DynoReport,
  dynoReport,
  type Load,
  wrk,
  wrk2,
  wrk2PercentileUs,
} from '../../../tools/bench/generators.ts';
import { establishedOn } from '../../../tools/bench/parts/workers.ts';

const LOAD: Load = { port: 8_080, path: '/payload/1kb', connections: 64, seconds: 2, rateRps: null };

const WRK = `Running 2s test @ http://127.0.0.1:8080/payload/1kb
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   402.11us   63.00us   2.96ms   92.11%
    Req/Sec   156.00k     3.25k  160.72k    85.71%
  317211 requests in 2.04s, 345.47MB read
Requests/sec: 155423.21
Transfer/sec:    169.27MB
`;

const WRK2 = `${WRK}
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    1.02ms
 75.000%    1.44ms
 99.000%  987.00us
100.000%    1.25s
`;

const DYNO: DynoReport = {
  requestsPerSec: 10_000.25,
  sent: 20_000,
  ok: 20_000,
  dropped: 0,
  failures: 0,
  completed: 20_001,
  cpuUs: 450_000,
  serviceTimeUs: { p50: 31, p99: 80 },
  responseTimeUs: { p50: 33, p99: 95 },
  sendDelayUs: { p50: 1, p99: 12 },
};

describe('the rate in what a generator prints', () => {
  it('is read from wrk and wrk2', () => {
    expect(wrk.rate(WRK)).toBe(155_423.21);
    expect(wrk2.rate(WRK2)).toBe(155_423.21);
  });

  it("is the mean of autocannon's requests, not that of its latency", () => {
    const output = '{"latency":{"average":1,"mean":1},"requests":{"average":72416,"mean":72416,"stddev":9}}';
    expect(autocannon.rate(output)).toBe(72_416);
  });

  it("is part of dyno's report, which is checked as a whole", () => {
    expect(dyno.rate(JSON.stringify(DYNO))).toBe(10_000.25);
    expect(dynoReport(JSON.stringify(DYNO))).toEqual(DYNO);
    expect(() => dynoReport(JSON.stringify({ ...DYNO, sent: 'many' }))).toThrow(/sent/);
  });

  it.each([wrk, wrk2, autocannon])('of $id is never made up: output without one is an error', ({ rate }) => {
    expect(() => rate('Running 2s test')).toThrow('no figure in: Running 2s test');
  });
});

describe("wrk2's latencies", () => {
  it('are in µs, whatever unit they were printed in', () => {
    expect(wrk2PercentileUs(WRK2, 50)).toBe(1_020);
    expect(wrk2PercentileUs(WRK2, 99)).toBe(987);
    expect(wrk2PercentileUs(WRK2, 100)).toBe(1_250_000);
  });

  it('are never guessed', () => {
    expect(() => wrk2PercentileUs(WRK2, 90)).toThrow('no p90');
  });
});

describe('the command of a generator', () => {
  it('gives all of them the same connections, time and URL', () => {
    expect(wrk.command(LOAD)).toEqual({
      file: 'wrk',
      args: ['-t1', '-c64', '-d2s', 'http://127.0.0.1:8080/payload/1kb'],
    });
    expect(autocannon.command(LOAD).args.slice(1)).toEqual(
      [
        '--json',
        '-c',
        64,
        '-d',
        2,
        '-W',
        '[',
        '-c',
        64,
        '-d',
        1,
        ']',
        'http://127.0.0.1:8080/payload/1kb',
      ].map(String),
    );
    expect(JSON.parse(dyno.command(LOAD).args[1] ?? '')).toEqual(LOAD);
  });

  it('gives wrk2 the rate of the open loop', () => {
    expect(wrk2.command({ ...LOAD, rateRps: 30_000 }).args).toContain('-R30000');
  });
});

describe("the kernel's table of connections", () => {
  // Port 38917 is 9805, 8080 is 1F90; state 01 is ESTABLISHED, 0A LISTEN, 06 TIME_WAIT.
  const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:9805 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 0100007F:9805 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0
   2: 0100007F:C001 0100007F:9805 01 00000000:00000000 00:00000000 00000000     0
   3: 0100007F:9805 0100007F:C002 06 00000000:00000000 00:00000000 00000000     0
  14: 0100007F:9805 0100007F:C003 01 00000000:00000000 00:00000000 00000000     0
  15: 0100007F:1F90 0100007F:C004 01 00000000:00000000 00:00000000 00000000     0
`;

  it("counts the server's end of those that stand, once each", () => {
    expect(establishedOn(TABLE, 38_917)).toBe(2);
    expect(establishedOn(TABLE, 8_080)).toBe(1);
    expect(establishedOn(TABLE, 9_999)).toBe(0);
  });
});
