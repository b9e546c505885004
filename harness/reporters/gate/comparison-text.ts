import CliTable from 'cli-table3';
import type { ComparedCell, ComparedRanking, Comparison, ComparisonReport } from '../../model/comparison.ts';
import { METRICS, type MetricId } from '../../model/metric.ts';
import { plainText } from '../escape.ts';
import { formatMetric } from '../figures.ts';
import { placeText } from '../scenario-table.ts';

const PLAIN = { style: { head: [], border: [], compact: true } };

/** A comparison as text for a terminal: a table a scenario, then who may hold which place, then what weakens it all. */
export function renderComparison(report: ComparisonReport): string {
  const scenarios = [...new Set(report.cells.map(({ scenarioId }) => scenarioId))];
  const tables = scenarios.map((scenarioId) => {
    const cells = report.cells.filter((cell) => cell.scenarioId === scenarioId);
    return `${plainText(scenarioId)}\n${tableOf(cells)}`;
  });
  const ranks = report.rankings.map(rankingLine);
  const warnings = report.warnings.map((warning) => `! ${plainText(warning)}`);
  const legend =
    'change: candidate against baseline, with its 95 % interval; `~`: the two cannot be told apart.';
  return `${[...tables, ...(ranks.length === 0 ? [] : [ranks.join('\n')]), ...warnings, legend].join('\n\n')}\n`;
}

function tableOf(cells: readonly ComparedCell[]): string {
  const head = ['baseline', 'candidate', 'metric', 'from', 'to', 'change', ''];
  const table = new CliTable({ head, ...PLAIN });
  for (const { baseline, candidate, pairing, metrics } of cells) {
    for (const { metric, comparison, ...values } of metrics) {
      table.push([
        plainText(baseline.targetId),
        plainText(candidate.targetId),
        METRICS[metric].title,
        shownValue(metric, values.baseline),
        shownValue(metric, values.candidate),
        changeText(comparison),
        verdictText(comparison, pairing),
      ]);
    }
  }
  return table.toString();
}

function shownValue(metric: MetricId, value: number | null): string {
  return value === null ? 'n/a' : formatMetric(metric, value);
}

/** `+3.1 % (+1.0 % to +5.2 %)`; the estimate alone where there is no interval. */
export function changeText(comparison: Comparison): string {
  if (comparison.kind === 'too-few') {
    return comparison.change === null ? 'n/a' : `${signed(comparison.change)} (no interval)`;
  }
  const { low, high } = comparison.interval;
  return `${signed(comparison.change)} (${signed(low)} to ${signed(high)})`;
}

function verdictText(comparison: Comparison, pairing: ComparedCell['pairing']): string {
  switch (comparison.kind) {
    case 'different':
      return `${comparison.direction === 'neither' ? 'different' : comparison.direction}, ${pairing}`;
    case 'not-told-apart':
      return `~ ${pairing}`;
    case 'too-few':
      return plainText(comparison.why);
  }
}

/** `places 1kb, Throughput: tokio 1–2, rust-std 1–2, node-http 3`. */
function rankingLine({ sessionId, scenarioId, metric, places }: ComparedRanking): string {
  const placed = places.map((place) => `${plainText(place.targetId)} ${placeText(place)}`);
  return `places ${plainText(scenarioId)}, ${METRICS[metric].title} (${sessionId}): ${placed.join(', ')}`;
}

function signed(change: number): string {
  return `${change >= 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
}
