import { METRIC_IDS, METRICS, type MetricDefinition, type MetricId } from '../../model/metric.ts';
import type { Report, Reporter } from '../../model/ports.ts';
import { driversOf } from '../../model/session.ts';
import type { CellSummary } from '../../model/summary.ts';
import { plainText } from '../escape.ts';
import { estimateOf } from '../figures.ts';
import { isPublished } from '../published-trials.ts';

/** OpenMetrics wants base units; a figure is multiplied by `scale` and its name ends with the unit. */
const BASE_UNITS: Readonly<Record<MetricDefinition['unit'], { unit: string; scale: number }>> = {
  'req/s': { unit: 'requests_per_second', scale: 1 },
  'B/s': { unit: 'bytes_per_second', scale: 1 },
  µs: { unit: 'seconds', scale: 1e-6 },
  share: { unit: 'ratio', scale: 1 },
  percent: { unit: 'ratio', scale: 0.01 },
  bytes: { unit: 'bytes', scale: 1 },
  count: { unit: '', scale: 1 },
};

/** The published figures of a session as OpenMetrics 1.0 text; cells that publish none appear in `httpdyno_trials` alone. */
export function renderOpenMetrics(report: Report): string {
  const published = report.summary.cells.filter(isPublished);
  const families = METRIC_IDS.map((metric) => familyOf(metric, published)).filter((family) => family !== '');
  return [infoOf(report), trialsOf(report.summary.cells), ...families, '# EOF\n'].join('');
}

function infoOf({ session }: Report): string {
  const { harnessVersion, environment, plan } = session;
  const labels = labelsOf({
    session: session.id,
    version: harnessVersion,
    node: environment.node,
    kernel: environment.kernel,
    cpu: environment.cpuModel,
    fingerprint: environment.fingerprint,
    seed: String(plan.seed),
    driver: driversOf(plan),
  });
  return `# TYPE httpdyno_session info\n# HELP httpdyno_session The session that the figures come from.\nhttpdyno_session_info${labels} 1\n`;
}

function trialsOf(cells: readonly CellSummary[]): string {
  const lines = cells.flatMap((cell) => [
    `httpdyno_trials${cellLabels(cell, { kind: 'valid' })} ${cell.trialsValid}\n`,
    `httpdyno_trials${cellLabels(cell, { kind: 'planned' })} ${cell.trialsTotal}\n`,
  ]);
  return `# TYPE httpdyno_trials gauge\n# HELP httpdyno_trials Trials of a cell, those that are valid and those planned.\n${lines.join('')}`;
}

function familyOf(metric: MetricId, cells: readonly CellSummary[]): string {
  const { unit, scale } = BASE_UNITS[METRICS[metric].unit];
  const name = familyName(metric, unit);
  const samples = cells.flatMap((cell) => {
    const estimate = estimateOf(cell.metrics[metric]);
    // Rounding to 12 digits takes the noise of the change of unit away.
    return estimate === null
      ? []
      : [`${name}${cellLabels(cell)} ${Number((estimate * scale).toPrecision(12))}\n`];
  });
  if (samples.length === 0) return '';
  const unitLine = unit === '' ? '' : `# UNIT ${name} ${unit}\n`;
  return `# TYPE ${name} gauge\n${unitLine}# HELP ${name} ${labelText(METRICS[metric].meaning)}\n${samples.join('')}`;
}

/** `latencyP99Us` in seconds is `httpdyno_latency_p99_seconds`: the identifier without its own unit, then the base unit. */
function familyName(metric: MetricId, unit: string): string {
  const bare = metric.replace(/(Rps|BytesPerSec|Us|Bytes|Percent|Share)(?=PerRequest$|$)/, '');
  const snake = bare.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `httpdyno_${snake}${unit === '' ? '' : `_${unit}`}`;
}

function cellLabels(cell: CellSummary, more: Record<string, string> = {}): string {
  const { targetId, scenarioId, status } = cell;
  return labelsOf({ target: targetId, scenario: scenarioId, status, ...more });
}

function labelsOf(labels: Record<string, string>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${labelText(value)}"`)
    .join(',')}}`;
}

function labelText(text: string): string {
  return plainText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

export const openMetricsReporter: Reporter = {
  id: 'openmetrics',
  fileName: 'metrics.txt',
  render: renderOpenMetrics,
};
