import path from 'node:path';
import { anchoredLaunches } from '../analysis/gate/baseline-run.ts';
import { changePointOf } from '../analysis/gate/change-point.ts';
import { median } from '../analysis/order.ts';
import { EXIT, HarnessError } from '../base/errors.ts';
import type { Baseline, BaselineCell } from '../model/baseline.ts';
import type { HistoryRow } from '../model/gate-history.ts';
import { renderHistoryChart } from '../reporters/gate/history-chart.ts';
import { renderHistory } from '../reporters/gate/history-text.ts';
import { ensureFolder, writeAtomically } from '../store/atomic-write.ts';
import { readBaselines } from '../store/baselines.ts';
import type { CommandContext } from './context.ts';
import { names, type Register } from './program.ts';
import { selectById } from './selection.ts';

/** A change that chance would show less often than this is worth a line. */
const ADVICE_P = 0.05;

interface HistoryOptions {
  target?: string[];
  results: string;
  svg?: string;
  json?: true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('history')
    .description('how the runs of the baselines moved, with advice on where a level changed')
    .option('-t, --target <ids>', 'targets (default: all)', names)
    .option('--results <folder>', 'where baselines are kept', 'results')
    .option('--svg <file>', 'also draw it')
    .option('--json', 'print it as JSON')
    .action(async (options: HistoryOptions) => {
      const baselines = await readBaselines(path.resolve(context.cwd, options.results));
      const wanted = selectById(
        baselines.map((baseline) => ({ ...baseline, id: baseline.targetId })),
        options.target,
        '--target',
        'TARGET_UNKNOWN',
      );
      const rows = wanted.flatMap(rowsOf);
      if (options.svg !== undefined) await draw(context, rows, options.svg);
      context.out(options.json === true ? `${JSON.stringify(rows, null, 2)}\n` : renderHistory(rows));
      outcome.code = EXIT.ok;
    });
};

async function draw(context: CommandContext, rows: readonly HistoryRow[], file: string): Promise<void> {
  if (rows.length === 0) {
    throw new HarnessError('NOTHING_TO_RUN', 'there is no baseline to draw', {
      fix: '`httpdyno gate --head <target> --init-baseline` begins one',
    });
  }
  const svg = path.resolve(context.cwd, file);
  await ensureFolder(path.dirname(svg));
  await writeAtomically(svg, renderHistoryChart(rows));
  context.err(`written: ${file}\n`);
}

/** Where a run stands beside the reference server, as a logarithm, + is worse; NaN where that was not measured. */
function runLevel(cell: BaselineCell): number {
  const launches = anchoredLaunches(cell);
  return launches.length === 0 ? Number.NaN : median(launches);
}

/** One row a cell of the newest run: its values over the runs, and where its level against the reference changed. */
function rowsOf({ targetId, runs, pinned }: Baseline): HistoryRow[] {
  return (runs.at(-1)?.cells ?? []).map(({ scenarioId, metric }) => {
    const same = runs.flatMap((run) => {
      const cell = run.cells.find((each) => each.scenarioId === scenarioId && each.metric === metric);
      return cell === undefined ? [] : [{ run, cell }];
    });
    const levels = same.map(({ cell }) => runLevel(cell));
    const change = levels.every(Number.isFinite) ? changePointOf(levels) : null;
    const at = change === null || change.p > ADVICE_P ? null : change.at;
    const first = levels[0] ?? Number.NaN;
    const release = pinned?.cells.find((each) => each.scenarioId === scenarioId && each.metric === metric);
    const shift = at === null ? null : Math.expm1(median(levels.slice(at)) - median(levels.slice(0, at)));
    return {
      targetId,
      scenarioId,
      metric,
      runs: same.map(({ run: { gateId, at: when, gitCommit } }) => ({ gateId, at: when, gitCommit })),
      values: same.map(({ cell }) => median(cell.values)),
      slowdowns: levels.map((level) => Math.expm1(level - first)),
      change:
        at === null || shift === null
          ? null
          : {
              gateId: same[at]?.run.gateId ?? '',
              gitCommit: same[at]?.run.gitCommit ?? null,
              slowdown: shift,
            },
      sincePinned:
        release === undefined ? null : Math.expm1((levels.at(-1) ?? Number.NaN) - runLevel(release)),
    };
  });
}
