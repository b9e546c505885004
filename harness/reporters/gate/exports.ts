import type { GateRecord, SliceRecord } from '../../model/gate-record.ts';
import type { JudgedCell } from '../../model/gate-report.ts';
import { METRICS } from '../../model/metric.ts';
import { htmlText, plainText } from '../escape.ts';
import { armValues, sentenceOf } from './words.ts';

/** JUnit: a test case a cell; a regression is a failure, what cannot be judged an error, what was not shown skipped. */
export function renderJUnit(record: GateRecord): string {
  const cells = record.report?.cells ?? [];
  const count = (...kinds: JudgedCell['outcome']['kind'][]): number =>
    cells.filter((cell) => !cell.advisory && kinds.includes(cell.outcome.kind)).length;
  const skipped = cells.filter((cell) => junitElement(cell) === 'skipped').length;
  const seconds = record.launches.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000;
  const totals = `tests="${cells.length}" failures="${count('regression')}" errors="${count('invalid')}"`;
  const cases = cells.map(testCase).join('');
  const when = record.startedAt.slice(0, 19);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="httpdyno gate" ${totals} time="${seconds}">\n<testsuite name="${htmlText(record.id)}" ${totals} skipped="${skipped}" time="${seconds}" timestamp="${htmlText(when)}">\n${cases}</testsuite>\n</testsuites>\n`;
}

function junitElement({ outcome, advisory }: JudgedCell): 'failure' | 'error' | 'skipped' | null {
  if (outcome.kind === 'pass' || outcome.kind === 'improvement' || outcome.kind === 'waived') return null;
  if (advisory) return 'skipped';
  if (outcome.kind === 'regression') return 'failure';
  return outcome.kind === 'invalid' ? 'error' : 'skipped';
}

function testCase(cell: JudgedCell): string {
  const head = `<testcase name="${htmlText(METRICS[cell.metric].title)}" classname="${htmlText(`${cell.targetId}.${cell.scenarioId}`)}" time="0"`;
  const element = junitElement(cell);
  if (element === null) return `${head}/>\n`;
  const sentence = htmlText(sentenceOf(cell));
  const type = element === 'skipped' ? '' : ` type="${cell.outcome.kind}"`;
  return `${head}><${element} message="${sentence}"${type}/></testcase>\n`;
}

const SLICE_COLUMNS = [
  'requests',
  'errors',
  'throughputRps',
  'cpuUsPerRequest',
  'memoryRssMeanBytes',
  'latencyP50Us',
  'latencyP99Us',
  'foreignCpuCores',
  'cpuPressureShare',
  'stealShare',
  'driverCpuShare',
  'driverBound',
] as const satisfies readonly (keyof SliceRecord)[];

/** CSV, one row a slice, in the order in which they ran; an empty field is a figure that was not read. */
export function renderSlicesCsv(record: GateRecord): string {
  const rows = record.launches.flatMap((launch) => {
    const sets = [
      ...launch.scenarios.map((measured) => ({ ...measured, targetId: launch.pairId })),
      ...(launch.sentinel === null
        ? []
        : [{ ...launch.sentinel, scenarioId: 'sentinel', targetId: record.reference.id }]),
    ];
    return sets.flatMap(({ targetId, scenarioId, orders, blocks }) =>
      blocks.flatMap((block, b) =>
        block.map((slice, s) => [
          launch.phase,
          launch.index,
          targetId,
          scenarioId,
          orders[b] ?? '',
          b,
          s,
          slice.arm,
          ...SLICE_COLUMNS.map((column) => slice[column] ?? ''),
          slice.fault ?? '',
        ]),
      ),
    );
  });
  const head = [
    'phase',
    'launch',
    'target',
    'scenario',
    'order',
    'block',
    'slice',
    'arm',
    ...SLICE_COLUMNS,
    'fault',
  ];
  return [head, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = plainText(value);
  // A leading sign or `=` would make a spreadsheet compute it.
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** OpenMetrics 1.0: the change of every cell, its bounds, and the verdict. */
export function renderGateOpenMetrics(record: GateRecord): string {
  const cells = record.report?.cells ?? [];
  const labels = (cell: JudgedCell, more: Record<string, string> = {}): string =>
    labelsOf({ target: cell.targetId, scenario: cell.scenarioId, metric: cell.metric, ...more });
  const slowdown = cells.flatMap((cell) =>
    'evidence' in cell.outcome
      ? [
          `httpdyno_gate_slowdown_ratio${labels(cell, { outcome: cell.outcome.kind })} ${cell.outcome.evidence.estimate}\n`,
        ]
      : [],
  );
  const values = cells.flatMap((cell) => {
    const { base, head } = armValues(cell);
    return [
      ...(base === null ? [] : [`httpdyno_gate_value${labels(cell, { arm: 'base' })} ${base}\n`]),
      ...(head === null ? [] : [`httpdyno_gate_value${labels(cell, { arm: 'head' })} ${head}\n`]),
    ];
  });
  const verdicts = ['pass', 'regression', 'inconclusive', 'invalid'].map(
    (verdict) =>
      `httpdyno_gate${labelsOf({ httpdyno_gate: verdict })} ${record.report?.verdict === verdict ? 1 : 0}\n`,
  );
  return [
    '# TYPE httpdyno_gate stateset\n# HELP httpdyno_gate The verdict of the run.\n',
    ...verdicts,
    '# TYPE httpdyno_gate_slowdown_ratio gauge\n# UNIT httpdyno_gate_slowdown_ratio ratio\n',
    '# HELP httpdyno_gate_slowdown_ratio How much worse head is than base; negative is better.\n',
    ...slowdown,
    '# TYPE httpdyno_gate_value gauge\n# HELP httpdyno_gate_value Median over launches, in the unit that the metric names.\n',
    ...values,
    '# EOF\n',
  ].join('');
}

function labelsOf(labels: Record<string, string>): string {
  const escaped = (text: string): string => plainText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
