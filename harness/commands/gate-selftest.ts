import { existsSync } from 'node:fs';
import path from 'node:path';
import CliTable from 'cli-table3';
import { judgeTrial } from '../analysis/trial-reasons.ts';
import { median } from '../analysis/order.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { secureToken } from '../base/random.ts';
import { createWarmDynoDriver } from '../drivers/dyno/warm-driver.ts';
import type { GatedMetric } from '../model/gate-metric.ts';
import type { GateRecord } from '../model/gate-record.ts';
import { createMonitorFactory } from '../monitors/index.ts';
import { measureSlice } from '../session/gate/slice.ts';
import type { CommandContext } from './context.ts';
import { measureGate } from './gate-measure.ts';
import { nameArm, prepareArm } from './gate-arms.ts';
import type { GateOptions } from './gate-options.ts';
import { learnScenarios } from './gate-scenarios.ts';
import { createAdapters } from './adapters.ts';
import { runLayout } from './prepare-run.ts';

/** One gate run whose right answer is known. */
interface SelftestCase {
  name: string;
  head: string;
  metric: GatedMetric;
  /** Slowdown that was planted; 0 for A/A. */
  planted: number;
}

const SERVER = path.join(import.meta.dirname, '..', '..', 'tools', 'selftest', 'server.mjs');
const BASE_ITERATIONS = 4_000;
const PLANTED = 0.1;
const CALIBRATION_SLICES = 5;
/** An injection that the gate estimates further off than this was not planted as meant. */
const ESTIMATE_TOLERANCE = 0.04;

/**
 * The gate against itself, through the whole command: the same server twice must not turn red, and a planted slowdown of
 * a tenth in CPU per request, and in memory, must. Exit 0 where all answers are right, 1 where one is wrong, 3 where the
 * machine was too disturbed to tell.
 */
export async function selftest(context: CommandContext, options: GateOptions): Promise<ExitCode> {
  if (!existsSync(SERVER)) {
    throw new HarnessError('FILE_NOT_FOUND', `${SERVER} is missing`, {
      fix: 'run the selftest from a clone',
    });
  }
  context.err('calibrating what an iteration and a page of ballast cost\n');
  const idle = await costOf(context, options, commandOf(0));
  const base = await costOf(context, options, commandOf(BASE_ITERATIONS));
  const cases = casesOf(idle, base);
  const results: { selfcase: SelftestCase; record: GateRecord }[] = [];
  for (const selfcase of cases) {
    context.err(`\n${selfcase.name}\n`);
    const id = options.id === undefined ? undefined : `${options.id}-${results.length + 1}`;
    const { record } = await measureGate(
      context,
      { ...options, only: ['cpu', 'rss'], ...(id === undefined ? {} : { id }) },
      { base: commandOf(BASE_ITERATIONS), head: selfcase.head, mode: 'paired' },
    );
    results.push({ selfcase, record });
    if (context.interruption.signal.aborted) return EXIT.interrupted;
  }
  const answers = results.map(({ selfcase, record }) => answerOf(selfcase, record));
  context.out(options.json === true ? `${JSON.stringify(answers, null, 2)}\n` : tableOf(answers));
  if (answers.some(({ right }) => right === 'wrong')) return EXIT.regression;
  return answers.some(({ right }) => right === 'cannot tell') ? EXIT.trials : EXIT.ok;
}

function commandOf(iterations: number, ballastKib = 0): string {
  return `node "${SERVER}" --iterations=${Math.round(iterations)} --ballast-kib=${Math.round(ballastKib)}`;
}

interface Cost {
  cpuUs: number;
  rssBytes: number;
}

function casesOf(idle: Cost, base: Cost): SelftestCase[] {
  const perIteration = (base.cpuUs - idle.cpuUs) / BASE_ITERATIONS;
  if (!(perIteration > 0)) {
    throw new HarnessError(
      'PREFLIGHT',
      'an iteration costs no measurable CPU time: the machine is too disturbed',
      {
        fix: 'end other work and try again',
      },
    );
  }
  const slower = BASE_ITERATIONS + (PLANTED * base.cpuUs) / perIteration;
  const larger = (PLANTED * base.rssBytes) / 1_024;
  return [
    {
      name: 'A/A: the same server twice',
      head: commandOf(BASE_ITERATIONS),
      metric: 'cpuUsPerRequest',
      planted: 0,
    },
    { name: 'CPU per request +10 %', head: commandOf(slower), metric: 'cpuUsPerRequest', planted: PLANTED },
    {
      name: 'memory +10 %',
      head: commandOf(BASE_ITERATIONS, larger),
      metric: 'memoryRssMeanBytes',
      planted: PLANTED,
    },
  ];
}

/** CPU time a request and resident memory of a command under load, from a few slices. */
async function costOf(context: CommandContext, options: GateOptions, command: string): Promise<Cost> {
  const { clock, interruption } = context;
  const adapters = await createAdapters(context);
  const { cpus, workers, driverWorkers } = runLayout(options);
  const world = {
    context,
    adapters,
    launcher: options.launcher,
    build: true,
    specs: [],
    adHocScenarios: ['root'],
  };
  const { side } = await prepareArm(await nameArm(`cmd:${command}`, world), null, world);
  const settings = { readyTimeoutMs: options.readyTimeout, workers };
  const { scenarios } = await learnScenarios(['/'], { base: side, head: side }, settings, context);
  const [scenario] = scenarios;
  const launched = await side.launcher.launch(side.spec, {
    workers,
    cpus: cpus.disjoint ? cpus.target : null,
    nonce: secureToken(),
    sessionId: 'selftest',
  });
  if (launched.kind === 'failed' || scenario === undefined)
    throw new HarnessError('NOTHING_TO_RUN', 'the selftest server does not start');
  const { target } = launched;
  const warm = createWarmDynoDriver(clock);
  const shape = {
    gateId: 'selftest',
    sliceMs: options.slice,
    cpus,
    workers,
    driverWorkers,
    readyTimeoutMs: options.readyTimeout,
  };
  const ports = {
    clock,
    driver: warm.driver,
    monitors: createMonitorFactory({ clock }),
    judge: judgeTrial,
    store: { folder: '', save: async () => undefined },
    listener: () => undefined,
  };
  try {
    await side.probe.waitUntilReady(target, options.readyTimeout, interruption.signal);
    const costs: Cost[] = [];
    for (let seed = 0; seed < CALIBRATION_SLICES; seed++) {
      const input = { arm: 'base' as const, target, scenario, shape, sliceMs: options.slice, seed };
      const slice = await measureSlice(input, ports, interruption.signal);
      costs.push({
        cpuUs: slice.cpuUsPerRequest ?? Number.NaN,
        rssBytes: slice.memoryRssMeanBytes ?? Number.NaN,
      });
    }
    const settled = costs.slice(1);
    return {
      cpuUs: median(settled.map(({ cpuUs }) => cpuUs)),
      rssBytes: median(settled.map(({ rssBytes }) => rssBytes)),
    };
  } finally {
    await target.stop();
    await warm.close();
  }
}

/** What the gate answered, and whether that was right. */
export interface SelftestAnswer {
  name: string;
  planted: number;
  estimate: number | null;
  verdict: string;
  right: 'right' | 'wrong' | 'cannot tell';
  launches: number;
}

/** A red that nobody planted is wrong, and so is a planted one that passes; what is not decided tells nothing. */
export function answerOf(
  { name, metric, planted }: Omit<SelftestCase, 'head'>,
  record: GateRecord,
): SelftestAnswer {
  const cells = record.report?.cells ?? [];
  const cell = cells.find((each) => each.metric === metric);
  const outcome = cell?.outcome;
  const estimate = outcome !== undefined && 'evidence' in outcome ? outcome.evidence.estimate : null;
  const verdict = record.report?.verdict ?? 'invalid';
  const anyRed = cells.some((each) => !each.advisory && each.outcome.kind === 'regression');
  const found =
    outcome?.kind === 'regression' && estimate !== null && Math.abs(estimate - planted) <= ESTIMATE_TOLERANCE;
  const missed =
    outcome?.kind === 'pass' || outcome?.kind === 'improvement' || outcome?.kind === 'regression';
  const right: SelftestAnswer['right'] =
    planted === 0
      ? anyRed
        ? 'wrong'
        : verdict === 'pass'
          ? 'right'
          : 'cannot tell'
      : found
        ? 'right'
        : missed
          ? 'wrong'
          : 'cannot tell';
  return { name, planted, estimate, verdict, right, launches: record.launches.length };
}

function tableOf(answers: readonly SelftestAnswer[]): string {
  const table = new CliTable({
    head: ['case', 'planted', 'estimated', 'verdict', 'launches', 'answer'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, planted, estimate, verdict, launches, right } of answers) {
    const percent = (share: number | null): string =>
      share === null ? 'n/a' : `${(share * 100).toFixed(1)} %`;
    table.push([name, percent(planted), percent(estimate), verdict, launches, right]);
  }
  return `${table.toString()}\n`;
}
