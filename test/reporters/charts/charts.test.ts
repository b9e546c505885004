import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report, Reporter } from '../../../harness/model/ports.ts';
import { efficiencyChart } from '../../../harness/reporters/charts/efficiency.ts';
import { latencyChart } from '../../../harness/reporters/charts/latency.ts';
import { memoryChart } from '../../../harness/reporters/charts/memory.ts';
import { medianTrial, overTimeChart } from '../../../harness/reporters/charts/over-time.ts';
import { roundsChart } from '../../../harness/reporters/charts/rounds.ts';
import { throughputChart } from '../../../harness/reporters/charts/throughput.ts';
import {
  cell,
  metrics,
  percentileCurve,
  refused,
  report,
  scenario,
  session,
  trial,
  value,
} from '../fixtures.ts';

const CHARTS: readonly Reporter[] = [
  throughputChart,
  latencyChart,
  efficiencyChart,
  memoryChart,
  overTimeChart,
  roundsChart,
];
afterEach(() => vi.restoreAllMocks());

const onlySmall = { scenarios: [scenario()] };

/** What is written in a picture, in order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');
}

function with1kb(cells: Report['summary']['cells']): Report {
  return report({ cells, rankings: [] }, onlySmall);
}

describe.each(CHARTS.map((chart) => [chart.id, chart] as const))('%s', (_, chart) => {
  it('draws the same text for the same report, however often', () => {
    expect(chart.render(report())).toBe(chart.render(report()));
  });

  it('is one SVG on white, with a description for those who cannot see it', () => {
    const svg = chart.render(report());
    expect(svg).toMatch(/^<svg role="img" aria-label="[^"]{20,}"/);
    expect(svg).toMatch(/<title>[^<]{20,}<\/title>/);
    expect(svg).toMatch(/<rect width="960" height="\d+" x="0" y="0" fill="#ffffff">/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
  });

  it('holds no script, no reference to anywhere, and font names without quotes', () => {
    const svg = chart.render(report());
    expect(svg).not.toMatch(/<script|<image|<foreignObject|\bon\w+=/i);
    expect(svg.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|url\((?!#)/);
    expect(svg).not.toMatch(/font-family:[^;"]*&quot;/);
  });

  it.each([
    ['no cell', []],
    ['only cells without figures', [refused('a', 'failed', []), refused('b', 'invalid', [])]],
    ['a single round', [cell('tokio', 5, { metrics: metrics(5, 1, [1]) })]],
    ['figures that are no numbers', [cell('tokio', Number.NaN)]],
    ['a target that the session does not list', [cell('stranger', 5)]],
  ])('draws %s without NaN', (__, cells) => {
    const complaints = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
    const svg = chart.render(with1kb(cells));
    for (const spy of complaints) expect(spy).not.toHaveBeenCalled();
    expect(svg).toMatch(/<\/svg>\n$/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])(
    'S10 draws a target named %s, and the next one too',
    (name) => {
      const before = chart.render(report());
      const targets = session().targets.map((one) => ({ ...one, id: name }));
      const trials = [trial(0, name, 10)];
      const svg = chart.render(
        report({ cells: [cell(name, 10)] }, { targets, trials, scenarios: [scenario({ title: name })] }),
      );
      expect(texts(svg).join(' ')).toContain(name);
      expect(chart.render(report())).toBe(before);
    },
  );

  it('S7 shows hostile names as text', () => {
    const hostile = '</text><script>alert(1)</script>"\u0007{a|b}';
    const targets = session().targets.map((one) => ({ ...one, id: hostile }));
    const trials = [trial(0, hostile, 10)];
    const svg = chart.render(
      report({ cells: [cell(hostile, 10)] }, { targets, trials, scenarios: [scenario({ title: hostile })] }),
    );
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0007');
    expect(texts(svg).join(' ')).toContain('&lt;/text&gt;');
  });
});

describe('the pictures', () => {
  it('show throughput from best to worst, its spread, lower bounds and reasons', () => {
    const shown = texts(throughputChart.render(report()));
    expect(shown).toContain('147,000  ±2.5 %');
    expect(shown).toContain('≥ 6,700  ±2.5 %');
    expect(shown).toContain('failed: TARGET_ERRORS');
    expect(shown.indexOf('tokio')).toBeLessThan(shown.indexOf('node-http'));
  });

  it('start every bar at zero', () => {
    expect(texts(throughputChart.render(with1kb([cell('tokio', 147_000)])))).toContain('0');
    expect(texts(memoryChart.render(with1kb([cell('tokio', 147_000)])))).toContain('8 MiB');
  });

  it('P5 end a latency curve where too few samples lie beyond it', () => {
    const few = { ...cell('tokio', 1_000), percentileCurve: percentileCurve(500, 2, 6_700) };
    const many = { ...cell('tokio', 1_000), percentileCurve: percentileCurve(500, 2, 670_000) };
    expect(texts(latencyChart.render(with1kb([few])))).not.toContain('99.999 %');
    expect(texts(latencyChart.render(with1kb([many])))).toContain('99.99 %');
  });

  it('shade the warm-up, once a panel', () => {
    const svg = overTimeChart.render(report());
    expect(svg.match(/<polygon[^>]*fill="#f0f0f0"/g)).toHaveLength(4);
    expect(texts(svg)).toContain('-2 s');
  });

  it('take the round of middle throughput', () => {
    const trials = [90, 100, 80].map((rps, round) => trial(round, 'tokio', rps, { round }));
    expect(medianTrial(cell('tokio', 90), report({}, { trials }))?.round).toBe(0);
    expect(medianTrial(cell('gone', 90), report({}, { trials }))).toBeUndefined();
  });

  it('mark every second of a short trial, and few of a long one', () => {
    const seconds = (last: number): string[] => {
      const base = trial(0, 'tokio', 100);
      if (base.verdict !== 'valid') throw new Error('a valid trial is needed');
      const periods = Array.from({ length: last + 2 }, (_, index) => ({
        tMs: (index - 2) * 1_000 + 3,
        periodMs: 1_000,
        completed: 100,
        failed: 0,
        meanUs: 500,
        maxUs: 900,
      }));
      const trials = [{ ...base, load: { ...base.load, series: periods } }];
      const given = report({ cells: [cell('tokio', 100)] }, { ...onlySmall, trials });
      return [
        ...new Set(texts(overTimeChart.render(given)).filter((text) => /^-?\d+(\.\d+)? s$/.test(text))),
      ];
    };
    expect(seconds(5)).toEqual(['-2 s', '-1 s', '0 s', '1 s', '2 s', '3 s', '4 s']);
    expect(seconds(120).length).toBeLessThanOrEqual(14);
  });

  it('draw no whisker whose caps would touch, and one that shows', () => {
    const whiskers = (factors: number[]): number => {
      const one = cell('tokio', 100, { metrics: metrics(100, 1_024, factors) });
      return (throughputChart.render(with1kb([one])).match(/stroke="#111111" stroke-width="1.5"/g) ?? [])
        .length;
    };
    expect(whiskers([0.999, 1, 1.001])).toBe(0);
    expect(whiskers([0.9, 1, 1.1])).toBe(3);
  });

  it('end an axis of bytes at a round number', () => {
    const shown = texts(memoryChart.render(with1kb([cell('tokio', 147_000)])));
    const marks = shown.filter((text) => /^\d+(\.\d+)? MiB$/.test(text));
    expect(marks.every((text) => /^\d+ MiB$/.test(text))).toBe(true);
    expect(marks.length).toBeGreaterThanOrEqual(3);
  });

  it('scale the scatter of rounds alike for all targets', () => {
    const wide = { ...metrics(100, 1, [1]), throughputRps: value([88, 100, 101]) };
    const shown = texts(
      roundsChart.render(with1kb([cell('tokio', 100, { metrics: wide }), cell('gin', 100)])),
    );
    expect(shown).toEqual(expect.arrayContaining(['-15 %', '+15 %', 'tokio  ±6.5 %', 'gin  ±2.5 %']));
  });
});
