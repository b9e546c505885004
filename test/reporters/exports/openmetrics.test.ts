import { describe, expect, it } from 'vitest';
import { renderOpenMetrics } from '../../../harness/reporters/exports/openmetrics.ts';
import { cell, report, session } from '../fixtures.ts';

describe('the OpenMetrics export', () => {
  it('gives figures in base units with the unit in the name', () => {
    const lines = renderOpenMetrics(report()).split('\n');
    const labels = '{target="tokio",scenario="1kb",status="valid"}';
    expect(lines).toContain(`httpdyno_throughput_requests_per_second${labels} 147000`);
    expect(lines).toContain(`httpdyno_latency_p99_seconds${labels} 0.00130612244898`);
    expect(lines).toContain(`httpdyno_cpu_ratio${labels} 0.987`);
    expect(lines).toContain(`httpdyno_memory_rss_peak_bytes${labels} 33554432`);
    expect(lines).toContain(`httpdyno_cpu_per_request_seconds${labels} 0.00000671428571429`);
  });

  it('marks a lower bound by its status and publishes nothing of cells without figures', () => {
    const text = renderOpenMetrics(report());
    expect(text).toContain(
      'httpdyno_throughput_requests_per_second{target="tokio",scenario="1mb",status="limited"} 6700',
    );
    expect(text).not.toMatch(/throughput.*gin/);
    expect(text).toContain('httpdyno_trials{target="gin",scenario="1kb",status="failed",kind="valid"} 0');
  });

  it('P1 publishes nothing of an invalid cell, even where its record holds figures', () => {
    const text = renderOpenMetrics(report({ cells: [cell('gin', 147_000, { status: 'invalid' })] }));
    expect(text).not.toContain('147000');
  });

  it('keeps to the grammar: each family once, typed before its samples, closed by EOF', () => {
    const text = renderOpenMetrics(report());
    expect(text.endsWith('# EOF\n')).toBe(true);
    const families = [...text.matchAll(/^# TYPE (\S+) (gauge|info)$/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
    for (const [, name, unit] of text.matchAll(/^# UNIT (\S+) (\S+)$/gm))
      expect(name?.endsWith(`_${unit}`)).toBe(true);
    for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_][a-z0-9_]*\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\} [0-9.e+-]+$/);
    }
  });

  it('S8 escapes labels', () => {
    const text = renderOpenMetrics({
      session: session({ id: 'a"b\\c\nd' }),
      summary: { cells: [cell('x"} 1\n# EOF', 1)], rankings: [], warnings: [] },
    });
    expect(text).toContain('session="a\\"b\\\\c d"');
    expect(text).toContain('target="x\\"} 1 # EOF"');
    expect(text.match(/^# EOF$/gm)).toHaveLength(1);
  });
});
