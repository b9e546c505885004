import type { ClaimsReport, JudgedClaim, JudgedMetric, JudgedTable } from '../../model/claims-report.ts';
import { markdownCode, markdownText } from '../escape.ts';
import { pipeTable } from '../markdown/tables.ts';
import { agreementText, factorText, hereText } from './factors.ts';
import {
  CAUTIONS,
  countsText,
  impossibleText,
  measuredText,
  metricLabel,
  openText,
  rankText,
  refutations,
  sourceText,
  symbolOf,
  SYMBOLS,
  totalOf,
  triangleOf,
} from './words.ts';

/** Published comparisons held against a session: what stands first is what a reader in a hurry needs. */
export function renderClaimsMarkdown(reports: readonly ClaimsReport[]): string {
  return `${reports.flatMap(sectionsOf).join('\n\n')}\n`;
}

function sectionsOf(report: ClaimsReport): string[] {
  const statements = [
    ...report.source.conditions.map((one) => `Stated: ${one}`),
    ...report.notes,
    ...CAUTIONS,
  ];
  return [
    `# ${markdownText(sourceText(report))}, checked here`,
    `**${countsText(totalOf(report))}; ${impossibleText(report)}.**`,
    `Held against ${markdownText(measuredText(report))}.`,
    overview(report),
    "**Firm**: decided even when all pairs of the metric are judged at once, by the rule that gives targets their places. **Factor agrees**: how many published factors lie within the interval measured here, of those where that can be told. **Rank correlation**: Kendall's τ-b of published and measured order, 1 for the same and -1 for the reverse, with the exact p of no relation; targets with a bound have no place in it.",
    statements.map((note) => `- ${markdownText(note)}`).join('\n'),
    ...impossibleSection(report),
    ...report.tables.flatMap(tableSections),
  ];
}

function overview({ tables }: ClaimsReport): string {
  const heads = [
    'Table',
    'Metric',
    'Claims',
    'Reproduced',
    'Contradicted',
    'Undecided',
    'Firm',
    'Factor agrees',
    'Rank correlation',
  ];
  const rows = tables.flatMap((table) => {
    const title = markdownText(table.title);
    if (table.measured.kind === 'no')
      return [[title, markdownText(table.measured.why), ...heads.slice(2).map(() => '–')]];
    return table.metrics.map((metric) => {
      const { reproduced, contradicted, undecided, firm } = metric.counts;
      const counts = [metric.claims.length, reproduced, contradicted, undecided, firm].map(String);
      return [title, metricLabel(metric.metric), ...counts, agreementText(metric), rankText(metric.rank)];
    });
  });
  return pipeTable(heads, [false, false, true, true, true, true, true, true, false], rows);
}

function impossibleSection(report: ClaimsReport): string[] {
  if (report.impossible.length === 0) return [];
  const lines = refutations(report).map(({ example: { name, rule, message }, others }) => {
    const also = others.map((other) => markdownText(other.name)).join('; ');
    return `- ${markdownCode(rule)} ${markdownText(name)}: ${markdownText(message)}.${also === '' ? '' : ` Likewise: ${also}.`}`;
  });
  return ['## Figures that cannot be', lines.join('\n')];
}

function tableSections({ title, note, measured, metrics }: JudgedTable): string[] {
  if (measured.kind === 'no') return [];
  const noted = note === null ? [] : [markdownText(note)];
  return [
    `## ${markdownText(title)}`,
    SYMBOLS,
    ...noted,
    ...metrics.flatMap((metric) => metricSections(title, metric)),
  ];
}

function metricSections(title: string, metric: JudgedMetric): string[] {
  const heading = `### ${markdownText(title)}: ${metricLabel(metric.metric)}`;
  if (metric.claims.length === 0) return [heading, 'No two figures differ, so nothing is claimed.'];
  const counts = `${countsText(metric.counts, openText(metric))}.`;
  return [heading, counts, matrix(metric), pairTable(metric.claims)];
}

/** Row ahead of column, in published order; the last target is ahead of nobody. */
function matrix(metric: JudgedMetric): string {
  const names = metric.order.map(markdownText);
  const rows = triangleOf(metric).map((symbols, i) => [names[i] ?? '', ...symbols]);
  return pipeTable(['ahead of', ...names.slice(1)], [], rows.slice(0, -1));
}

const BY_VERDICT = ['contradicted', 'reproduced', 'undecided'] as const;

function pairTable(claims: readonly JudgedClaim[]): string {
  const sorted = BY_VERDICT.flatMap((kind) => claims.filter(({ verdict }) => verdict.kind === kind));
  const rows = sorted.map((claim) => [
    `${symbolOf(claim)} ${claim.verdict.kind}`,
    `${markdownText(claim.ahead)} ahead of ${markdownText(claim.behind)}`,
    factorText(claim.published),
    hereText(claim.here),
    claim.magnitude === 'unknown' ? '' : claim.magnitude,
  ]);
  return pipeTable(
    ['Verdict', 'Claim', 'Published', 'Here (95 %)', 'Factor'],
    [false, false, true, true, false],
    rows,
  );
}
