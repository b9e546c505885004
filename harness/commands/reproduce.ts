import path from 'node:path';
import { compareSessions } from '../analysis/compare-sessions.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { isoTime } from '../base/clock.ts';
import { formatShare } from '../base/units.ts';
import type { ComparedMetric, ComparisonReport } from '../model/comparison.ts';
import type { MetricId } from '../model/metric.ts';
import type { Session } from '../model/session.ts';
import { probeEnvironment } from '../session/environment.ts';
import { createSessionStore, readSession } from '../store/session-store.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { createAdapters } from './adapters.ts';
import { refuseUnlikeMachines } from './compare-machines.ts';
import type { CommandContext } from './context.ts';
import { executeSession, loadedScenarios, pinHarness, repeatsMax, sweep } from './execute.ts';
import { sessionId } from './prepare-run.ts';
import { durationIn, type Register } from './program.ts';
import { experimentLines, experimentParts } from './same-experiment.ts';
import { refuseChanged, sameTargets } from './same-targets.ts';

interface ReproduceOptions {
  results: string;
  build: boolean;
  force?: true;
  readyTimeout: number;
  json?: true;
}

/** What a reproduction is judged by: cost first, since it depends least on what else the machine does. */
const METRICS: readonly MetricId[] = [
  'cpuUsPerRequest',
  'throughputRps',
  'latencyP50Us',
  'memoryRssPeakBytes',
];

export const register: Register = (program, context, outcome) => {
  program
    .command('reproduce')
    .description('run a stored session again, the same plan on the same artifacts, and say whether it agrees')
    .argument('<session>', 'id, folder or session.json')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--no-build', 'do not build servers whose sources changed')
    .option('--force', 'go on although the machine or an artifact differs; the result says so')
    .option(
      '--ready-timeout <time>',
      'how long a target may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--json', 'print the comparison as JSON')
    .action(async (name: string, options: ReproduceOptions) => {
      outcome.code = await reproduce(context, name, options);
    });
};

async function reproduce(
  context: CommandContext,
  name: string,
  options: ReproduceOptions,
): Promise<ExitCode> {
  const results = path.resolve(context.cwd, options.results);
  const original = await readSession(results, name);
  const environment = await probeEnvironment(context.project);
  const labels = refuseUnlikeMachines(original.environment, environment, options.force === true);
  const adapters = await createAdapters(context);
  const startedAt = isoTime(context.clock);
  const lock = await takeMachineLock(startedAt);
  try {
    await sweep(context, adapters.launchers, results);
    const { targets, described, changed } = await sameTargets(context, original, adapters, options);
    if (options.force !== true) refuseChanged(changed);
    await pinHarness(original.plan.cpus);
    const again: Session = {
      ...original,
      id: sessionId(undefined, startedAt),
      harnessVersion: context.version,
      status: 'running',
      startedAt,
      endedAt: null,
      argv: [...context.argv],
      environment,
      targets: described,
      trials: [],
    };
    const store = await createSessionStore(results, again.id);
    const input = {
      targets,
      scenarios: loadedScenarios(again, adapters),
      readyTimeoutMs: options.readyTimeout,
      repeatsMax: repeatsMax(again),
    };
    const code = await executeSession({ context, session: again, input, store, adapters, json: false });
    if (code === EXIT.interrupted) return code;
    const reproduced = await readSession(store.folder, store.folder);
    const report = agreement(original, reproduced, [
      ...labels,
      ...changed.map((id) => `The artifact of ${id} has changed.`),
    ]);
    const experiment = experimentParts(original, reproduced);
    const verdict = verdictOf(report);
    const text = [...experimentLines(experiment), ...describe(report), conclusion(verdict, report)];
    const json = (): string => JSON.stringify({ ...report, experiment, verdict }, null, 2);
    context.out(`${options.json === true ? json() : text.join('\n')}\n`);
    return code;
  } finally {
    await lock.release();
  }
}

function agreement(original: Session, reproduced: Session, labels: readonly string[]): ComparisonReport {
  const sides = [original, reproduced].map((session) => ({
    session,
    targets: session.targets.map(({ id }) => id),
  }));
  const [before, after] = sides;
  if (before === undefined || after === undefined)
    throw new HarnessError('BUG', 'a comparison of fewer than two sides');
  const report = compareSessions(before, after, METRICS);
  return { ...report, warnings: [...labels, ...report.warnings] };
}

type Verdict = 'agrees' | 'differs' | 'undecided';

/** Differs as soon as one figure does; agrees only where at least one could be told and none differs. */
function verdictOf({ cells }: ComparisonReport): Verdict {
  const kinds = cells.flatMap(({ metrics }) => metrics.map(({ comparison }) => comparison.kind));
  if (kinds.includes('different')) return 'differs';
  return kinds.includes('not-told-apart') ? 'agrees' : 'undecided';
}

function conclusion(verdict: Verdict, { cells }: ComparisonReport): string {
  const all = cells.flatMap(({ metrics }) => metrics.map(({ comparison }) => comparison.kind));
  const count = (kind: (typeof all)[number]): number => all.filter((one) => one === kind).length;
  const parts = `${count('not-told-apart')} agree, ${count('different')} differ, ${count('too-few')} undecided`;
  // Each interval errs by itself: where many figures are compared, that a few differ tells little.
  const chance = count('different') > 0 ? '; at 95 % each, about one in twenty differs by chance' : '';
  return `The result ${verdict === 'undecided' ? 'cannot be told' : verdict}: of ${all.length} figures ${parts}${chance}.`;
}

/** One line a cell and metric: agrees, differs with its interval, or cannot be told. */
function describe({ cells, warnings }: ComparisonReport): string[] {
  const lines = cells.flatMap(({ scenarioId, baseline, metrics }) =>
    metrics.map((metric) => `${baseline.targetId} ${scenarioId} ${metric.metric}: ${agreementOf(metric)}`),
  );
  return [...warnings.map((text) => `! ${text}`), ...lines];
}

function agreementOf({ comparison }: ComparedMetric): string {
  if (comparison.kind === 'too-few') return `undecided: ${comparison.why}`;
  const { low, high } = comparison.interval;
  const signed = (share: number): string => `${share > 0 ? '+' : ''}${formatShare(share, 1)}`;
  const interval = `${signed(comparison.change)} (${signed(low)} to ${signed(high)})`;
  return comparison.kind === 'different' ? `differs: ${interval}` : `agrees: ${interval} holds no change`;
}
