import CliTable from 'cli-table3';
import { zoneOf } from '../analysis/gate/profile.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { type GatedMetric, METRIC_WORDS } from '../model/gate-metric.ts';
import type { GateRecord } from '../model/gate-record.ts';
import type { CommandContext } from './context.ts';
import { measureGate } from './gate-measure.ts';
import type { GateOptions } from './gate-options.ts';
import { countBoth, plantCommand } from './gate-selftest-bench.ts';
import {
  isPlanted,
  plantFor,
  SELFTEST_WORDS,
  BASE_PLANTS,
  type SelftestCase,
  type SelftestWord,
} from './gate-selftest-plan.ts';

/** A red needs eight launches at the least, and as many to confirm: later looks only matter where the machine is noisy. */
const MAX_LAUNCHES = 20;
/** The selftest tells a tenth, not a hundredth: half the blocks will do. */
const BLOCKS_SHARE = 0.5;
/** A red whose estimate is further than this from what was planted did not see what was planted. */
const ESTIMATE_TOLERANCE = 0.04;
/** Timers fire together: with few connections no response waits long for its neighbours, and the delay is most of its time. */
const DELAYED_CONNECTIONS = 16;
/** A server that mostly waits has little to warm up, and would take the longest time for it. */
const DELAYED_WINDOWS = 8;
const MS_PER_MINUTE = 60_000;

/**
 * The gate against itself, through the whole command: the same server twice must not turn red, and each slowdown that was
 * planted, in CPU time a request, memory and p50, must. What was planted is counted by the server itself, not by the gate.
 * Exit 0 where all answers are right, 1 where one is wrong, 3 where the machine was too disturbed to tell.
 */
export async function selftest(context: CommandContext, options: GateOptions): Promise<ExitCode> {
  const words = wordsOf(options);
  const quick = {
    ...options,
    blocks: Math.max(1, Math.round(options.blocks * BLOCKS_SHARE)),
    maxLaunches: Math.min(options.maxLaunches, MAX_LAUNCHES),
  };
  const answers: SelftestAnswer[] = [];
  for (const word of ['A/A', ...words] as const) {
    context.err(`\nselftest: ${word === 'A/A' ? 'the same server twice' : `${word}, planting`}\n`);
    const suited = word === 'p50' ? delayed(quick) : quick;
    const selfcase = word === 'A/A' ? sameTwice(words) : await planted(context, suited, word);
    context.err(`${selfcase.name}\n`);
    const record = await runCase(context, suited, selfcase, answers.length + 1);
    if (context.interruption.signal.aborted) return EXIT.interrupted;
    answers.push(answerOf(selfcase, record));
  }
  context.out(options.json === true ? `${JSON.stringify(answers, null, 2)}\n` : tableOf(answers));
  if (answers.some(({ right }) => right === 'wrong')) return EXIT.regression;
  return answers.some(({ right }) => right === 'cannot tell') ? EXIT.trials : EXIT.ok;
}

function delayed(options: GateOptions): GateOptions {
  const { connections = DELAYED_CONNECTIONS, maxWarmup = DELAYED_WINDOWS } = options;
  return { ...options, connections, maxWarmup: Math.min(maxWarmup, DELAYED_WINDOWS) };
}

function wordsOf({ only }: GateOptions): SelftestWord[] {
  const wrong = (only ?? []).find((word) => !SELFTEST_WORDS.some((known) => known === word));
  if (wrong !== undefined) {
    throw new HarnessError('USAGE', `--selftest plants no "${wrong}"`, {
      fix: `--only ${SELFTEST_WORDS.join(',')}`,
    });
  }
  return SELFTEST_WORDS.filter((word) => only === undefined || only.includes(word));
}

function sameTwice(words: readonly SelftestWord[]): SelftestCase {
  const plant = BASE_PLANTS.cpu;
  return { name: 'A/A: the same server twice', words, base: plant, head: plant, planted: 0, achieved: 0 };
}

async function planted(
  context: CommandContext,
  options: GateOptions,
  word: SelftestWord,
): Promise<SelftestCase> {
  return plantFor(word, options.planted, (plants) => countBoth(context, options, plants));
}

async function runCase(
  context: CommandContext,
  options: GateOptions,
  { words, base, head, planted: slowdown }: SelftestCase,
  number: number,
): Promise<GateRecord> {
  const [word] = words;
  const limit = limitOf(options, word, slowdown);
  const { record } = await measureGate(
    context,
    {
      ...options,
      only: [...words],
      metric: limit === null ? [] : [limit],
      // What is planted is known, and a machine that differs from itself would show in A/A.
      sentinel: options.sentinel && slowdown === 0,
      ...(options.id === undefined ? {} : { id: `${options.id}-${number}` }),
    },
    { base: `cmd:${plantCommand(base)}`, head: `cmd:${plantCommand(head)}`, mode: 'paired' },
  );
  return record;
}

/** The gate promises to catch what its limit forbids: to catch less, the limit is moved there. */
function limitOf(
  { profile }: Pick<GateOptions, 'profile'>,
  word: SelftestWord | undefined,
  slowdown: number,
): string | null {
  const metric = METRIC_WORDS[word ?? ''];
  if (metric === undefined || slowdown === 0 || slowdown >= zoneOf(metric, profile, 1).d1) return null;
  return `${word}=${(slowdown * 100).toFixed(1)}%`;
}

/** What the gate answered, and whether that was right. */
export interface SelftestAnswer {
  name: string;
  planted: number;
  /** What the server itself counted. */
  achieved: number;
  estimate: number | null;
  verdict: string;
  right: 'right' | 'wrong' | 'cannot tell';
  launches: number;
  minutes: number;
}

/** A red that nobody planted is wrong, and so is a planted one that passes; what is not decided tells nothing. */
export function answerOf(selfcase: SelftestCase, record: GateRecord): SelftestAnswer {
  const { name, words, planted: slowdown, achieved } = selfcase;
  const metric: GatedMetric | undefined = METRIC_WORDS[words[0] ?? ''];
  const cells = record.report?.cells ?? [];
  const outcome = cells.find((each) => each.metric === metric)?.outcome;
  const estimate = outcome !== undefined && 'evidence' in outcome ? outcome.evidence.estimate : null;
  return {
    name,
    planted: slowdown,
    achieved,
    estimate,
    verdict: record.report?.verdict ?? 'invalid',
    right: slowdown === 0 ? judgeGreen(record) : judgeRed(selfcase, outcome?.kind, estimate),
    launches: record.launches.length,
    minutes: record.launches.reduce((sum, { durationMs }) => sum + durationMs, 0) / MS_PER_MINUTE,
  };
}

function judgeGreen({ report }: GateRecord): SelftestAnswer['right'] {
  const isRed = (report?.cells ?? []).some(
    ({ advisory, outcome }) => !advisory && outcome.kind === 'regression',
  );
  if (isRed) return 'wrong';
  return report?.verdict === 'pass' ? 'right' : 'cannot tell';
}

function judgeRed(
  selfcase: SelftestCase,
  kind: string | undefined,
  estimate: number | null,
): SelftestAnswer['right'] {
  if (!isPlanted(selfcase)) return 'cannot tell';
  if (kind === 'pass' || kind === 'improvement') return 'wrong';
  if (kind !== 'regression' || estimate === null) return 'cannot tell';
  return Math.abs(estimate - selfcase.achieved) <= ESTIMATE_TOLERANCE ? 'right' : 'wrong';
}

function tableOf(answers: readonly SelftestAnswer[]): string {
  const table = new CliTable({
    head: [
      'case',
      'planted',
      'counted by the server',
      'estimated by the gate',
      'verdict',
      'launches',
      'minutes',
      'answer',
    ],
    style: { head: [], border: [], compact: true },
  });
  const percent = (share: number | null): string =>
    share === null ? 'n/a' : `${(share * 100).toFixed(1)} %`;
  for (const { name, planted: slowdown, achieved, estimate, verdict, launches, minutes, right } of answers) {
    const known = slowdown === 0 ? ['', ''] : [percent(slowdown), percent(achieved)];
    table.push([name, ...known, percent(estimate), verdict, launches, minutes.toFixed(1), right]);
  }
  return `${table.toString()}\n`;
}
