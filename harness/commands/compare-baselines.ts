import path from 'node:path';
import { type BaselineSide, compareBaselineRuns } from '../analysis/compare-baselines.ts';
import { HarnessError } from '../base/errors.ts';
import type { Baseline, BaselineRun } from '../model/baseline.ts';
import type { ComparisonReport } from '../model/comparison.ts';
import type { MetricId } from '../model/metric.ts';
import { baselineFile, holdsBaseline, readBaseline } from '../store/baselines.ts';

const PREFIX = 'baseline:';

/** The file of a baseline, as a user names it: `baseline:<target>`, or the file itself; null for anything else. */
export async function baselineNamed(results: string, cwd: string, name: string): Promise<string | null> {
  if (name.startsWith(PREFIX)) return baselineFile(results, name.slice(PREFIX.length));
  if (!name.endsWith('.json')) return null;
  const file = path.resolve(cwd, name);
  return (await holdsBaseline(file)) ? file : null;
}

export interface BaselineComparison {
  /** Without a second one, the pinned release of the first is held against its newest run. */
  files: readonly [string, string | null];
  metrics: readonly MetricId[] | undefined;
  force: boolean;
}

/** Compares the newest runs of two baselines, or the pinned release of one with its newest run. */
export async function compareBaselines({
  files: [file, other],
  metrics,
  force,
}: BaselineComparison): Promise<ComparisonReport> {
  const first = await readBaseline(file);
  const [a, b] =
    other === null
      ? [pinnedOf(first, file), newestOf(first)]
      : [newestOf(first), newestOf(await readBaseline(other))];
  const labels = refuseUnlike(a.run, b.run, force);
  const report = compareBaselineRuns(a, b, metrics);
  if (report.cells.length === 0) {
    throw new HarnessError('NOTHING_TO_RUN', 'the two baselines share no scenario and metric', {
      fix: 'baselines of the same scenarios; --metric names fewer metrics than there are',
    });
  }
  return { ...report, warnings: [...labels, ...report.warnings] };
}

function pinnedOf({ targetId, pinned }: Baseline, file: string): BaselineSide {
  if (pinned === null) {
    throw new HarnessError('USAGE', `${file} has no pinned release to hold its newest run against`, {
      fix: '`httpdyno gate --head <target> --append --pin` pins one; or name a second baseline',
    });
  }
  return { targetId, run: pinned };
}

function newestOf({ targetId, runs }: Baseline): BaselineSide {
  const run = runs.at(-1);
  if (run === undefined) throw new HarnessError('BUG', 'a baseline without a run');
  return { targetId, run };
}

/** What makes a difference of figures no difference of servers; with `force` the sentences that must stand beside them. */
function refuseUnlike(a: BaselineRun, b: BaselineRun, force: boolean): string[] {
  const labels = [
    ...(a.fingerprint === b.fingerprint
      ? []
      : [
          'MACHINES DIFFER: the two were measured on unlike machines; the differences below are those of the machines too',
        ]),
    ...(a.workloadHash === b.workloadHash
      ? []
      : [
          'WORK DIFFERS: the two were asked for other work (scenarios, connections or slices); the differences are those of the work too',
        ]),
    ...(a.reference.hash === b.reference.hash
      ? []
      : [
          'REFERENCES DIFFER: the two ran beside different reference servers, so that the machine is not taken out',
        ]),
  ];
  const [first] = labels;
  if (first !== undefined && !force) {
    const code = a.fingerprint === b.fingerprint ? 'RESULT_INVALID' : 'MACHINES_DIFFER';
    throw new HarnessError(code, first, {
      fix: 'measure both alike, or --force to compare them labelled as such',
    });
  }
  return labels;
}
