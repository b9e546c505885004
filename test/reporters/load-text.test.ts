import { describe, expect, it } from 'vitest';
import { loadReport } from '../../harness/analysis/load-report.ts';
import { renderLoad } from '../../harness/reporters/load-text.ts';
import { encodedHistogram, loadResult } from '../support/factories.ts';

const url = 'http://127.0.0.1:1/x';

describe('a load on the terminal', () => {
  it('reads at a glance', () => {
    expect(
      renderLoad(loadReport(loadResult({ rps: 5_000 }), url, []), { colour: false }),
    ).toMatchInlineSnapshot(`
      "http://127.0.0.1:1/x  8 connections, 1 worker, 2.00 s, closed loop, driver fake
      valid: 5,000 req/s, 5.12 MB/s of bodies

                   min     mean      p50      p90      p99    p99.9  p99.99      max    stdev
      latency  1.60 ms  1.60 ms  1.60 ms  1.60 ms  1.60 ms  1.60 ms     n/a  1.60 ms  0.82 µs

      10,000 sent = 10,000 ok
      busiest load worker: CPU 40 %, event loop 40 %
      "
    `);
  });

  it('shows all three times of an open loop', () => {
    const open = {
      ...loadResult(),
      loop: { kind: 'open' as const, rateRps: 1_000, arrivals: 'constant' as const },
      histograms: { ...loadResult().histograms, sendDelay: encodedHistogram([1, 2, 3]) },
    };
    const text = renderLoad(loadReport(open, url, []), { colour: false });
    for (const name of ['response time', 'service time', 'send delay', 'open loop at 1,000 req/s'])
      expect(text).toContain(name);
  });

  it('leaves out no outcome that occurred, nor what was never sent', () => {
    const load = loadResult();
    const counts = { ...load.counts, sent: load.counts.sent + 7, timeout: 4, truncated: 3, dropped: 9 };
    const text = renderLoad(loadReport({ ...load, counts }, url, []), { colour: false });
    expect(text).toContain('2,007 sent = 2,000 ok + 3 truncated + 4 timeout; never sent: 9');
  });

  it('S8: lets no escape sequence of a reason reach the terminal', () => {
    const reasons = [{ code: 'TARGET_ERRORS' as const, detail: 'evil \u001b]0;title\u0007 \u001b[2J' }];
    const text = renderLoad(loadReport(loadResult(), url, reasons), { colour: false });
    expect(text).not.toContain('\u001b');
    expect(text).toContain('! TARGET_ERRORS');
  });
});
