import path from 'node:path';
import { type ComparedSession, compareSessions } from '../analysis/compare-sessions.ts';
import { summarize } from '../analysis/summarize.ts';
import { EXIT, HarnessError } from '../base/errors.ts';
import type { ComparisonReport } from '../model/comparison.ts';
import { METRIC_IDS, type MetricId } from '../model/metric.ts';
import type { Report } from '../model/ports.ts';
import type { Session } from '../model/session.ts';
import { renderComparison } from '../reporters/gate/comparison-text.ts';
import { renderHtml } from '../reporters/html/page.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { readSession } from '../store/session-store.ts';
import { baselineNamed, compareBaselines } from './compare-baselines.ts';
import { refuseUnlikeMachines } from './compare-machines.ts';
import type { CommandContext } from './context.ts';
import { names, type Register } from './program.ts';
import { selectById } from './selection.ts';

interface CompareOptions {
  session?: string;
  targets?: string[];
  metric?: string[];
  results: string;
  force?: true;
  html?: string;
  json?: true;
}

const DEFAULT_METRICS: readonly MetricId[] = [
  'throughputRps',
  'latencyP50Us',
  'latencyP99Us',
  'cpuUsPerRequest',
  'memoryRssPeakBytes',
];

export const register: Register = (program, context, outcome) => {
  program
    .command('compare')
    .description('compare two stored sessions, two targets of one, or two baselines, with intervals')
    .argument('[baseline]', 'session, session:target, baseline:target or the file of a baseline')
    .argument('[candidate]', 'the same; without it, a baseline is compared with its own pinned release')
    .option('--session <session>', 'one session, whose --targets are compared')
    .option('--targets <ids>', 'with --session: baseline and candidate, separated by a comma', names)
    .option('-m, --metric <ids>', `metrics (default: ${DEFAULT_METRICS.join(', ')}; of baselines all)`, names)
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--force', 'compare although the machines differ; the result says so')
    .option('--html <file>', 'write the page of the candidate, with the baseline beside it')
    .option('--json', 'print the comparison as JSON')
    .action(async (baseline: string | undefined, candidate: string | undefined, options: CompareOptions) => {
      const report = await compare(context, baseline, candidate, options);
      context.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderComparison(report));
      outcome.code = EXIT.ok;
    });
};

async function compare(
  context: CommandContext,
  baseline: string | undefined,
  candidate: string | undefined,
  options: CompareOptions,
): Promise<ComparisonReport> {
  const metrics = metricsOf(options.metric);
  const results = path.resolve(context.cwd, options.results);
  const ofBaselines = await baselinesOf(results, context.cwd, baseline, candidate);
  if (ofBaselines !== null) {
    const asked = options.metric === undefined ? undefined : metrics;
    return compareBaselines({ files: ofBaselines, metrics: asked, force: options.force === true });
  }
  const [a, b] = await sidesOf(results, baseline, candidate, options);
  const label = refuseUnlikeMachines(a.session.environment, b.session.environment, options.force === true);
  const report = compareSessions(a, b, metrics);
  if (options.html !== undefined) await writePage(context, options.html, a.session, b.session);
  if (report.cells.length === 0) {
    throw new HarnessError('NOTHING_TO_RUN', 'the two sides share no scenario and target', {
      fix: 'name targets: `httpdyno compare S:a S:b`; `httpdyno list` shows the sessions',
    });
  }
  return { ...report, warnings: [...label, ...report.warnings] };
}

/** One page for two sessions; two targets of one session stand beside each other in its own report. */
async function writePage(
  context: CommandContext,
  name: string,
  baseline: Session,
  candidate: Session,
): Promise<void> {
  if (baseline.id === candidate.id) {
    throw new HarnessError('USAGE', '--html sets two sessions side by side, and this is one', {
      fix: `open the report.html of ${candidate.id}`,
    });
  }
  const reportOf = (session: Session): Report => ({ session, summary: summarize(session) });
  const file = path.resolve(context.cwd, name);
  await writeAtomically(file, renderHtml(reportOf(candidate), reportOf(baseline)));
  context.err(`written: ${path.relative(context.cwd, file)}\n`);
}

/** The files of the baselines that are to be compared; null where sessions are. */
async function baselinesOf(
  results: string,
  cwd: string,
  baseline: string | undefined,
  candidate: string | undefined,
): Promise<[string, string | null] | null> {
  const named = async (name: string | undefined): Promise<string | null> =>
    name === undefined ? null : baselineNamed(results, cwd, name);
  const [first, second] = [await named(baseline), await named(candidate)];
  if (first === null && second === null) return null;
  if (first === null || (second === null && candidate !== undefined)) {
    throw new HarnessError('USAGE', 'a baseline is compared with a baseline, a session with a session', {
      fix: 'httpdyno compare baseline:a baseline:b',
    });
  }
  return [first, second];
}

async function sidesOf(
  results: string,
  baseline: string | undefined,
  candidate: string | undefined,
  { session, targets }: CompareOptions,
): Promise<[ComparedSession, ComparedSession]> {
  if (session !== undefined) {
    const [first, second, ...more] = targets ?? [];
    if (first === undefined || second === undefined || more.length > 0 || baseline !== undefined) {
      throw new HarnessError('USAGE', '--session needs two --targets, and no further sessions', {
        fix: 'httpdyno compare --session S --targets a,b',
      });
    }
    const read = await readSession(results, session);
    return [chosen(read, first), chosen(read, second)];
  }
  if (baseline === undefined || candidate === undefined) {
    throw new HarnessError('USAGE', 'two sides are needed', {
      fix: 'httpdyno compare S T, httpdyno compare S:a S:b, or --session S --targets a,b',
    });
  }
  const sides: [ComparedSession, ComparedSession] = [
    await sideOf(results, baseline),
    await sideOf(results, candidate),
  ];
  return matched(sides);
}

/** `session` stands for all its targets, `session:target` for one. An id holds no colon; a path may, so the last one counts. */
async function sideOf(results: string, name: string): Promise<ComparedSession> {
  const whole = /^(?<session>.+):(?<target>[a-z0-9][a-z0-9._-]*)$/.exec(name)?.groups;
  const session = whole?.['session'];
  const target = whole?.['target'];
  if (session === undefined || target === undefined) {
    const read = await readSession(results, name);
    return { session: read, targets: read.targets.map(({ id }) => id) };
  }
  return chosen(await readSession(results, session), target);
}

function chosen(session: Session, target: string): ComparedSession {
  selectById(session.targets, [target], `targets of ${session.id}`, 'TARGET_UNKNOWN');
  return { session, targets: [target] };
}

/** Two whole sessions are compared target by target, by id; one target against a whole session means its namesake. */
function matched([a, b]: [ComparedSession, ComparedSession]): [ComparedSession, ComparedSession] {
  if (a.targets.length === 1 && b.targets.length === 1) return [a, b];
  const common = a.targets.filter((id) => b.targets.includes(id));
  return [
    { ...a, targets: common },
    { ...b, targets: common },
  ];
}

export function metricsOf(wanted: readonly string[] | undefined): MetricId[] {
  const known = METRIC_IDS.map((id) => ({ id }));
  return selectById(known, wanted ?? DEFAULT_METRICS, '--metric', 'USAGE').map(({ id }) => id);
}
