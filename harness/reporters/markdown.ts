import type { Report, Reporter } from '../model/ports.ts';
import { efficiencyChart } from './charts/efficiency.ts';
import { latencyChart } from './charts/latency.ts';
import { memoryChart } from './charts/memory.ts';
import { overTimeChart } from './charts/over-time.ts';
import { roundsChart } from './charts/rounds.ts';
import { throughputChart } from './charts/throughput.ts';
import { headlineOf } from './headline.ts';
import { markdownCode, markdownText } from './escape.ts';
import {
  figureTable,
  LATENCY_COLUMNS,
  noteList,
  pipeTable,
  REQUEST_COLUMNS,
  TRANSFER_COLUMNS,
} from './markdown/tables.ts';
import { environmentOf, loadOf, methodOf, reproductionOf } from './method.ts';
import { scenarioTables } from './scenario-table.ts';

const ALL_METRICS = [
  ...new Set([...REQUEST_COLUMNS, ...TRANSFER_COLUMNS, ...LATENCY_COLUMNS].map(({ metric }) => metric)),
];

/** Report as a person would paste it into a pull request or a README, in GitHub-flavoured Markdown without raw HTML. */
export function renderMarkdown(report: Report): string {
  const sections = [
    `# httpdyno ${markdownText(report.session.id)}`,
    headlines(report),
    caveats(report),
    ...scenarioSections(report),
    '## Charts',
    CHARTS,
    '## Legend',
    bulletList(LEGEND),
    '## Method',
    bulletList(methodOf(report.session).map(markdownText)),
    '## Targets',
    targetTable(report),
    '## Environment',
    environmentTable(report),
    '## Reproduce',
    codeBlock(reproductionOf(report.session)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const CHARTS = [throughputChart, latencyChart, efficiencyChart, memoryChart, overTimeChart, roundsChart]
  .map(({ id, fileName }) => `![${id.replace('chart-', '').replaceAll('-', ' ')}](${fileName})`)
  .join('\n\n');

const LEGEND = [
  '**±**: half the range over rounds (a fresh start each), relative to the figure, rounded up; none with a single valid round.',
  'Figures are medians over valid rounds; percentiles are read from the merged histogram of all their requests, never averaged.',
  '**#**: the places by throughput that a target may hold, 95 % sure of all at once; targets that cannot be told apart share one.',
  'A factor stands with its 95 % interval, paired by round, or else with the quotient of the far ends of two such intervals.',
  '**≥**, **≤**: a bound: the driver or the machine, not the target, set the figure; such a row is not ranked.',
  '**n/a (needs N)**: fewer than N samples, so the percentile is not printed.',
  '**Jitter**: standard deviation of the response time. **Reliability**: correct responses as a share of requests sent, rounded down.',
];

function headlines(report: Report): string {
  const [first, ...rest] = report.session.scenarios.map((one) => markdownText(headlineOf(report, one)));
  return [first === undefined ? '' : `**${first}**`, ...rest].join('\n\n');
}

/** What weakens the whole session stands above its first number. */
function caveats({ session, summary }: Report): string {
  const ended = session.trials.length;
  const unfinished =
    session.status === 'complete'
      ? []
      : [`This session is not complete: ${ended} of ${session.plan.trials.length} trials are there.`];
  const warnings = new Set([...unfinished, ...summary.warnings, ...session.environment.warnings]);
  return [...warnings].map((warning) => `> **Note:** ${markdownText(warning)}`).join('\n>\n');
}

function scenarioSections(report: Report): string[] {
  return scenarioTables(report, ALL_METRICS).flatMap((table) => {
    const title = markdownText(table.scenario.title);
    const columns = table.kind === 'transfer' ? TRANSFER_COLUMNS : REQUEST_COLUMNS;
    return [
      `## ${title}`,
      `${markdownText(loadOf(report.session, table.scenario))}.`,
      figureTable(table, columns),
      `### ${title}: latency`,
      figureTable(table, LATENCY_COLUMNS),
      noteList(table.notes),
    ];
  });
}

function targetTable({ session }: Report): string {
  const rows = session.targets.map(({ id, name, language, framework, version, launcher, artifactHash }) => [
    markdownText(id),
    markdownText(name),
    markdownText(language),
    markdownText(`${framework}${version === null ? '' : ` ${version}`}`),
    launcher,
    artifactHash === null ? 'unknown' : markdownCode(artifactHash.replace(/^sha256:/, '').slice(0, 12)),
  ]);
  const heads = ['Id', 'Name', 'Language', 'Framework', 'Started as', 'SHA-256'];
  return pipeTable(heads, [], rows);
}

function environmentTable({ session }: Report): string {
  const rows = environmentOf(session).map(([what, value]) => [what, markdownText(value)]);
  return pipeTable(['Machine', ''], [], rows);
}

function codeBlock(lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${lines.join('\n')}\n${fence}`;
}

function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export const markdownReporter: Reporter = { id: 'markdown', fileName: 'report.md', render: renderMarkdown };
