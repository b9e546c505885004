import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../harness/reporters/markdown.ts';
import { cell, inGroups, metrics, none, refused, report, scenario, session, value } from './fixtures.ts';

function rowOf(text: string, targetId: string): string {
  return text.split('\n').find((line) => new RegExp(`^\\|[^|]*\\| ${targetId}`).test(line)) ?? 'no such row';
}

function withBody(bodyBytes: number): string {
  return renderMarkdown(
    report({}, { scenarios: [scenario({ expect: { ...scenario().expect, bodyBytes } })] }),
  );
}

const onlySmall = { scenarios: [scenario()] };

describe('report.md', () => {
  it('opens with what may be said, with its interval, and what may not', () => {
    expect(renderMarkdown(report())).toContain(
      '**tokio serves 1 KB 1.9x as fast as node-http (1.7–2.0); hyperlane and tokio cannot be told apart.**',
    );
  });

  it('is a table of requests for small bodies and of bytes for large ones', () => {
    const text = renderMarkdown(report());
    expect(text).toContain('| Mean latency | p99 latency | CPU | CPU per request | Memory (peak) |');
    expect(text).toContain('| Transfer rate | CPU | Memory (peak) |');
    expect(text).toContain('| Mean | p50 | p90 | p99 | p99.9 | Max | Jitter | Reliability |');
  });

  it('decides by the size of the body, not by the name of the scenario', () => {
    expect(withBody(262_143)).not.toContain('Transfer rate');
    expect(withBody(262_144)).toContain('Transfer rate');
  });

  it('gives every figure its spread over rounds', () => {
    expect(rowOf(renderMarkdown(report()), 'tokio')).toMatchInlineSnapshot(
      `"| 1–2 | tokio | 147,000 ±2.5 % | 435 µs ±2.5 % | 1.31 ms ±2.5 % | 98.7 % ±0.0 % | 6.71 µs ±2.5 % | 32.0 MiB ±2.5 % |"`,
    );
  });

  it('gives no spread for a single round, and ranks nothing', () => {
    const cells = [
      cell('a', 100, { metrics: metrics(100, 1_024, [1]), trialsValid: 1, trialsTotal: 1 }),
      cell('b', 50, { metrics: metrics(50, 1_024, [1]), trialsValid: 1, trialsTotal: 1 }),
    ];
    const rankings = [
      { scenarioId: '1kb', metric: 'throughputRps' as const, places: inGroups([['a', 'b']]) },
    ];
    const text = renderMarkdown(report({ cells, rankings }, onlySmall));
    expect(rowOf(text, 'a')).not.toContain('±');
    expect(text).toContain('1 KB: a and b cannot be told apart in one round.');
  });

  it('G19 shows what the driver held back as bounds, without a place', () => {
    const row =
      renderMarkdown(report())
        .split('\n')
        .find((line) => line.includes('≥ 6,700')) ?? '';
    expect(renderMarkdown(report())).toContain('| – | tokio | ≤ 9.55 ms ±2.5 % | ≤ 8.60 ms');
    expect(row).toMatch(/^\| – \| tokio \| ≥ 6,700 ±2\.5 %¹ \| ≥ 7\.03 GB\/s ±2\.5 %¹ \|/);
  });

  it('prints n/a with the number of samples that a percentile needs', () => {
    const figures = { ...metrics(100, 1_024, [1, 1]), latencyP999Us: none('needs 6,636 samples, has 700') };
    const text = renderMarkdown(report({ cells: [cell('few', 100, { metrics: figures })] }, onlySmall));
    expect(text).toContain('| n/a (needs 6,636) |');
  });

  it('says in a note why another figure is missing', () => {
    const figures = { ...metrics(100, 1_024, [1, 1]), cpuPercent: none('the control group vanished') };
    const text = renderMarkdown(report({ cells: [cell('gone', 100, { metrics: figures })] }, onlySmall));
    expect(rowOf(text, 'gone')).toContain('n/a¹');
    expect(text).toContain('- ¹ `n/a`: there is no figure (gone: CPU: the control group vanished)');
  });

  it('never prints NaN or Infinity', () => {
    const figures = {
      ...metrics(100, 1_024, [1, 1]),
      latencyMeanUs: value([Number.NaN, Number.NaN]),
      latencyMaxUs: value([Infinity]),
    };
    const text = renderMarkdown(report({ cells: [cell('odd', 100, { metrics: figures })] }, onlySmall));
    expect(text).not.toMatch(/NaN|Infinity/);
  });

  it('shows a row without figures in its place, with its reason and not one number', () => {
    const text = renderMarkdown(report());
    expect(rowOf(text, 'gin')).toBe('| – | gin² | *failed*: TARGET_ERRORS | – | – | – | – | – |');
    expect(text).toContain('responses were wrong, cut off or missing (gin: 12 responses were cut off)');
  });

  it('shows a target that was skipped with the sentence that tells what is missing', () => {
    const skipped = [{ id: 'rocket', name: 'Rocket', why: 'needs cargo' }];
    expect(rowOf(renderMarkdown(report({}, { skipped })), 'rocket')).toContain('*skipped*: needs cargo');
  });

  it('puts the mark of a warning at the figure that it weakens', () => {
    const reasons = [{ code: 'TAIL_NOT_REPRESENTATIVE' as const, detail: 'a stall of 1 s' }];
    const text = renderMarkdown(report({ cells: [cell('stalled', 100, { reasons })] }, onlySmall));
    const row = rowOf(text, 'stalled');
    expect(row.split('|').filter((one) => one.includes('¹'))).toEqual([' 1.92 s ±2.5 %¹ ']);
    expect(row).toContain('| 100 ±2.5 % |');
  });

  it('never rounds reliability up to 100 %', () => {
    const figures = { ...metrics(100, 1_024, [1]), reliabilityShare: value([0.999_999_9]) };
    const text = renderMarkdown(report({ cells: [cell('almost', 100, { metrics: figures })] }, onlySmall));
    expect(text).toContain('| 99.999 % |');
  });

  it('says when the session is not complete', () => {
    expect(renderMarkdown(report({}, { status: 'interrupted' }))).toContain(
      '> **Note:** This session is not complete: 3 of 1 trials are there.',
    );
  });

  it('ends with the commands that repeat the session, seed included', () => {
    expect(renderMarkdown(report())).toContain('npm run bench -- --rounds 3 --seed 42\n```');
    const given = { argv: ['run', '--seed', '7', '--target', 'a b;$(x)'] };
    expect(renderMarkdown(report({}, given))).toContain("npm run bench -- --seed 7 --target 'a b;$(x)'\n");
  });

  it('S8 neutralises markup, table bars, ANSI and line breaks in every text that is not ours', () => {
    const hostile = '`|<img src=x onerror=alert(1)>\u001b[31m**b**\n# h\u2028[x](javascript:1)';
    const text = renderMarkdown({
      session: session({
        id: hostile,
        argv: ['run', hostile],
        scenarios: [scenario({ title: hostile })],
        skipped: [{ id: hostile, name: hostile, why: hostile }],
        targets: session().targets.map((one) => ({ ...one, name: hostile, framework: hostile })),
      }),
      summary: {
        cells: [
          cell(hostile, 10, { reasons: [{ code: 'STEAL', detail: hostile }] }),
          refused(`${hostile}2`, 'failed', [{ code: 'TARGET_DIED', detail: hostile }]),
        ],
        rankings: [{ scenarioId: '1kb', metric: 'throughputRps', places: inGroups([[hostile]]) }],
        warnings: [hostile],
      },
    });
    const outsideCode = text
      .replaceAll(/^```+sh\n[^]*?\n```+$/gm, '')
      .replaceAll(/(?<!\\)(`+)[^\n]*?\1/g, '');
    expect(outsideCode).not.toContain('<');
    expect(outsideCode).not.toMatch(/(?<!\\)\*\*b/);
    expect(outsideCode).not.toMatch(/(?<!\\)\[x/);
    expect(text).not.toMatch(/^# h(?!ttpdyno)/m);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028]/);
    const bars = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(bars)).toEqual(new Set([9, 11, 7, 3]));
  });
});
