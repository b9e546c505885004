import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  renderGateOpenMetrics,
  renderJUnit,
  renderSlicesCsv,
} from '../../../harness/reporters/gate/exports.ts';
import { renderGateText } from '../../../harness/reporters/gate/gate-text.ts';
import {
  renderAnnotations,
  renderGateMarkdown,
  renderOutputs,
  STICKY_MARKER,
} from '../../../harness/reporters/gate/github.ts';
import { GATE_FORMATS } from '../../../harness/reporters/gate/index.ts';
import {
  renderActionBenchmark,
  renderBencher,
  renderBenchfmt,
} from '../../../harness/reporters/gate/tracker-formats.ts';
import type { GateRecord } from '../../../harness/model/gate-record.ts';
import type { GateOutcome } from '../../../harness/model/gate-report.ts';
import { judgedRecord } from '../../support/gate.ts';
import { parseXml, type XmlElement } from '../../support/xml.ts';

const red = judgedRecord({ slowdown: 0.15, launches: 12, confirmations: 8 });
const green = judgedRecord();

/** A record in which every kind of outcome stands once, with a hostile text in each. */
function everyOutcome(): GateRecord {
  const evidence = { launches: 8, estimate: 0.1, lower: 0.05, upper: 0.2, detectable: 0.04 };
  const why = '<b>&"\u001b[31m | 100 % ]]> =1+1';
  const waiver = {
    targetId: 'server',
    scenarioId: 'small',
    metric: 'cpuUsPerRequest' as const,
    maxSlowdown: 0.2,
    expires: '2026-02-01',
    reason: 'parser',
  };
  const decided = [
    'pass',
    'improvement',
    'inconclusive',
    'regression',
    'suspected',
    'not-confirmed',
  ] as const;
  const outcomes: GateOutcome[] = [
    ...decided.map((kind) => ({ kind, why, evidence })),
    { kind: 'waived', why, evidence, waiver },
    { kind: 'invalid', why },
    { kind: 'not-gated', why },
  ];
  const [cell] = green.report?.cells ?? [];
  if (cell === undefined || green.report === null) throw new Error('no cell');
  const cells = outcomes.map((outcome, i) => ({
    ...cell,
    scenarioId: `s${i}`,
    outcome,
    advisory: outcome.kind === 'not-gated',
  }));
  return { ...green, warnings: [why], report: { ...green.report, verdict: 'regression', cells } };
}

const hostile = everyOutcome();

describe('the formats of a gate run', () => {
  it('are pure: the same record, the same text', () => {
    for (const { render } of GATE_FORMATS) expect(render(red)).toBe(render(structuredClone(red)));
  });

  it('have a file each', () => {
    const files = GATE_FORMATS.map(({ fileName }) => fileName);
    expect(new Set(files).size).toBe(files.length);
  });

  it('are written also where nothing was concluded', () => {
    for (const { render } of GATE_FORMATS)
      expect(() => render({ ...green, launches: [], report: null })).not.toThrow();
  });

  it('hold no terminal command, whatever a server said', () => {
    // oxlint-disable-next-line no-control-regex
    for (const { render } of GATE_FORMATS) expect(render(hostile)).not.toMatch(/\u001b/);
    // oxlint-disable-next-line no-control-regex
    expect(renderGateText(hostile)).not.toMatch(/\u001b/);
  });
});

describe('GitHub', () => {
  it('summarises what did not pass first, and everything foldable', () => {
    const text = renderGateMarkdown(red);
    expect(text.startsWith(`${STICKY_MARKER}\n\n## REGRESSION: 1 of 2 gated cells confirmed worse\n`)).toBe(
      true,
    );
    const [head = '', rest = ''] = text.split('<details>');
    expect(head).toMatch(
      /\| server \| small \| CPU per request \| [45]\d\.\d µs \| 5\d\.\d µs \| \\\+15\.\d % \| regression \|/,
    );
    expect(head).not.toContain('Throughput');
    expect(rest).toContain('Throughput');
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
    expect(text).toContain('--seed 7');
  });

  it('lets no text of a server become markup', () => {
    expect(renderGateMarkdown(hostile)).not.toContain('<b>');
  });

  it('keeps within the size of a summary', () => {
    const [cell] = green.report?.cells ?? [];
    if (cell === undefined || green.report === null) throw new Error('no cell');
    const cells = Array.from({ length: 20_000 }, () => cell);
    const text = renderGateMarkdown({ ...green, report: { ...green.report, cells } });
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(1_048_576);
    expect(text).toContain('cut: the whole record is in gate.json');
  });

  it('annotates at most ten cells, errors first, as workflow commands on one line each', () => {
    const [cell] = hostile.report?.cells.filter(({ outcome }) => outcome.kind === 'regression') ?? [];
    if (cell === undefined || hostile.report === null) throw new Error('no cell');
    const many = renderAnnotations({
      ...hostile.report,
      cells: [...hostile.report.cells, ...Array.from({ length: 20 }, () => cell)],
    });
    expect(many).toHaveLength(10);
    for (const line of many) expect(line).toMatch(/^::(error|warning) title=[^:,\n]+::[^\n]+$/);
    expect(many[0]).toMatch(/^::error /);
    expect(renderAnnotations(green.report ?? hostile.report)).toEqual([]);
  });

  it('sets its outputs as name=value lines', () => {
    if (red.report === null) throw new Error('no report');
    expect(renderOutputs(red.report)).toBe('verdict=regression\nregressions=1\ninconclusive=0\n');
  });
});

/** As github-action-benchmark reads it: https://github.com/benchmark-action/github-action-benchmark, custom tools. */
const actionBenchmarkSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    unit: z.string().min(1),
    value: z.number(),
    range: z.string().regex(/^± [\d.e+-]+$/),
    extra: z.string(),
  }),
);
/** Bencher Metric Format v0: a map of benchmarks to maps of measures to metrics. */
const bencherSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.strictObject({ value: z.number(), lower_value: z.number(), upper_value: z.number() }),
  ),
);

describe('trackers', () => {
  it('github-action-benchmark: a file a direction, each valid', () => {
    const bigger = actionBenchmarkSchema.parse(JSON.parse(renderActionBenchmark(green, 'higher')));
    const smaller = actionBenchmarkSchema.parse(JSON.parse(renderActionBenchmark(green, 'lower')));
    expect(bigger.map(({ name }) => name)).toEqual(['server/small/Throughput']);
    expect(smaller.map(({ name, unit }) => [name, unit])).toEqual([['server/small/CPU per request', 'µs']]);
    expect(smaller[0]?.value).toBeCloseTo(50, 0);
  });

  it('Bencher: latency in ns, bounds around the value', () => {
    const benchmarks = bencherSchema.parse(JSON.parse(renderBencher(red)));
    const cpu = benchmarks['server/small']?.['cpu-time-per-request'];
    expect(cpu?.value).toBeGreaterThan(57_000);
    expect(cpu?.value).toBeLessThan(58_000);
    expect(cpu?.lower_value).toBeLessThanOrEqual(cpu?.value ?? 0);
    expect(cpu?.upper_value).toBeGreaterThanOrEqual(cpu?.value ?? 0);
  });

  it('publishes no figure of a cell that cannot be judged', () => {
    expect(Object.keys(JSON.parse(renderBencher(hostile)))).not.toContain('server/s7');
    expect(renderActionBenchmark(hostile, 'lower')).not.toContain('server/s7/');
  });

  it('benchfmt: keeps the grammar of benchstat, one line a launch and arm', () => {
    const lines = renderBenchfmt(red).trimEnd().split('\n');
    const kinds = lines.map((line) => {
      if (line === '') return 'blank';
      if (/^Unit \S+( \S+=\S+)+$/.test(line)) return 'unit';
      if (/^[a-z][^\s:A-Z]*:( .*)?$/.test(line)) return 'configuration';
      if (/^Benchmark[A-Z]\S* [1-9]\d*( [0-9.e+-]+ \S+)+$/.test(line)) return 'result';
      return `not benchfmt: ${line}`;
    });
    expect(new Set(kinds)).toEqual(new Set(['blank', 'unit', 'configuration', 'result']));
    expect(kinds.filter((kind) => kind === 'result')).toHaveLength(2 * 12);
    expect(lines.filter((line) => line.startsWith('arm: '))).toEqual(['arm: base', 'arm: head']);
    const head = lines.slice(lines.indexOf('arm: head'));
    expect(head[1]).toMatch(/^BenchmarkServer\/small 1 5\d{4}(\.\d+)? cpu-ns\/op \d+(\.\d+)? req\/s$/);
  });
});

describe('JUnit', () => {
  const children = (element: XmlElement, name: string): XmlElement[] =>
    element.children.filter((child) => child.name === name);
  const suitesOf = (record: GateRecord): XmlElement => parseXml(renderJUnit(record));

  /** The rules of the XSD that Jenkins and GitLab read: elements, attributes, and what they count. */
  it('keeps the schema, and its totals count what is there', () => {
    const root = suitesOf(hostile);
    expect(root.name).toBe('testsuites');
    const [suite] = children(root, 'testsuite');
    if (suite === undefined) throw new Error('no suite');
    const cases = children(suite, 'testcase');
    expect(suite.children).toHaveLength(cases.length);
    const countOf = (name: string): number => cases.filter((one) => children(one, name).length === 1).length;
    expect(suite.attributes).toMatchObject({
      tests: String(cases.length),
      failures: String(countOf('failure')),
      errors: String(countOf('error')),
      skipped: String(countOf('skipped')),
    });
    expect(suite.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    for (const one of cases) {
      expect(Object.keys(one.attributes).toSorted()).toEqual(['classname', 'name', 'time']);
      expect(one.children.length).toBeLessThanOrEqual(1);
      for (const child of one.children) expect(['failure', 'error', 'skipped']).toContain(child.name);
    }
  });

  it('makes a regression a failure, what cannot be judged an error, what was not shown skipped', () => {
    const kinds = (children(suitesOf(hostile), 'testsuite')[0]?.children ?? []).map(
      (one) => one.children[0]?.name ?? 'passed',
    );
    expect(kinds).toEqual([
      'passed',
      'passed',
      'skipped',
      'failure',
      'skipped',
      'skipped',
      'passed',
      'error',
      'skipped',
    ]);
  });

  it('names a case by its metric and its class by target and scenario', () => {
    expect(children(suitesOf(green), 'testsuite')[0]?.children[0]?.attributes).toMatchObject({
      name: 'CPU per request',
      classname: 'server.small',
    });
  });
});

describe('CSV and OpenMetrics', () => {
  it('CSV: a row a slice, sentinel included, every row as wide as the head', () => {
    const rows = renderSlicesCsv(green)
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(','));
    expect(rows).toHaveLength(1 + 8 * (8 + 4));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([rows[0]?.length]));
    expect(rows.filter((row) => row[3] === 'sentinel')).toHaveLength(8 * 4);
  });

  it('CSV: a fault cannot become a formula', () => {
    const bad = judgedRecord({ launches: 1, each: (slice) => ({ ...slice, fault: '=cmd, "x"' }) });
    expect(renderSlicesCsv(bad)).toContain(`"'=cmd, ""x"""`);
  });

  it('OpenMetrics: keeps its grammar, ends with EOF, and has exactly one verdict', () => {
    const text = renderGateOpenMetrics(hostile);
    const lines = text.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    for (const line of lines.slice(0, -1)) {
      expect(line).toMatch(
        /^(# (TYPE|UNIT|HELP) [a-z_]+ .+|[a-z_]+\{([a-z_]+="([^"\\\n]|\\.)*",?)*\} -?[\d.e+-]+)$/,
      );
    }
    expect(lines.filter((line) => /^httpdyno_gate\{httpdyno_gate="\w+"\} 1$/.test(line))).toEqual([
      'httpdyno_gate{httpdyno_gate="regression"} 1',
    ]);
  });
});
