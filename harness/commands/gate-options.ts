import { type Command, InvalidArgumentError, Option } from 'commander';
import { HarnessError } from '../base/errors.ts';
import { GATED_METRICS, type GatedMetric, METRIC_WORDS, type ProfileId } from '../model/gate-metric.ts';
import { addLauncherOption, durationIn, integerIn, type LauncherChoice, names } from './program.ts';

/** `gate` as its flags say. */
export interface GateOptions {
  base?: string;
  head?: string;
  target?: string[];
  scenario?: string[];
  path?: string[];
  connections?: number;
  only?: string[];
  metric?: string[];
  profile: ProfileId;
  budgetMinutes: number;
  onInconclusive: 'pass' | 'fail';
  waivers?: string;
  baseline?: string;
  initBaseline?: true;
  append?: true;
  pin?: true;
  selftest?: true;
  planted: number;
  resume?: string;
  slice: number;
  blocks: number;
  maxWarmup?: number;
  maxLaunches: number;
  earlyStop: boolean;
  sentinel: boolean;
  launcher: LauncherChoice;
  workers?: number;
  driverWorkers?: number;
  seed?: number;
  build: boolean;
  results: string;
  id?: string;
  readyTimeout: number;
  output?: string;
  json?: true;
}

export function addGateOptions(command: Command): Command {
  addLauncherOption(command)
    .option('--base <arm>', 'the reference: target id, "command line", git ref or image')
    .option('--head <arm>', 'what is judged, named in the same way')
    .option('-t, --target <ids>', 'targets that git refs are built for (default: all)', names)
    .option('-s, --scenario <ids>', 'scenarios (default: all that the target serves)', names)
    .option('--path <paths>', 'what to ask of a bare command or image (default: /)', names)
    .option('-c, --connections <n>', 'connections (default: as the scenario says)', integerIn(1, 100_000))
    .option('--only <metrics>', `gate nothing but these: ${Object.keys(METRIC_WORDS).join(', ')}`, names)
    .option('--metric <limits>', 'slowdown from which a metric is unacceptable, as cpu=5%,p50=20%', names)
    .addOption(
      new Option('--profile <name>', 'how small a change matters')
        .choices(['default', 'strict'])
        .default('default'),
    )
    .option(
      '--budget-minutes <n>',
      'minutes of sampling; the confirmation of a red comes on top',
      minutes,
      12,
    )
    .addOption(
      new Option('--on-inconclusive <what>', 'exit 0 or 1 where nothing was shown')
        .choices(['pass', 'fail'])
        .default('pass'),
    );
  return addPlumbingOptions(addBaselineOptions(command));
}

function addBaselineOptions(command: Command): Command {
  return command
    .option('--baseline <file>', 'judge --head against a stored baseline instead of --base')
    .option('--init-baseline', 'measure --head and begin its baseline; refuses to replace one')
    .option('--append', 'measure --head and add it to its baseline, where it is accepted')
    .option('--pin', 'with --append: pin this run as the release to be held against');
}

function addPlumbingOptions(command: Command): Command {
  return command
    .option('--waivers <file>', 'accepted slowdowns (default: those of httpdyno.config.yaml)')
    .option('--slice <time>', 'length of a slice', durationIn(50, 10_000), 250)
    .option('--blocks <n>', 'blocks of four slices in each scenario of a launch', integerIn(1, 100), 6)
    .option(
      '--max-warmup <windows>',
      'windows, and rounds of connections before them, that an arm is warmed up by at most (default: up to 32); fewer are for trying out',
      integerIn(1, 32),
    )
    .option('--max-launches <n>', 'launches at most', integerIn(1, 100), 24)
    .option('--no-early-stop', 'make all launches and look once, after --max-launches: for the replay')
    .option('--no-sentinel', 'do not measure the reference server against itself')
    .option(
      '-w, --workers <n>',
      'threads or processes of a target (default: one for each of its CPUs)',
      integerIn(1, 1_024),
    )
    .option(
      '--driver-workers <n>',
      'threads of the load driver (default: one for each of its CPUs)',
      integerIn(1, 256),
    )
    .option(
      '--seed <n>',
      'seed of the plan (default: a fresh one, printed and stored)',
      integerIn(0, 0x7fff_ffff),
    )
    .option('--no-build', 'do not build servers whose sources changed')
    .option('--results <folder>', 'where gate runs are kept', 'results')
    .option('--id <name>', 'name of the gate run (default: its start time)')
    .option(
      '--ready-timeout <time>',
      'how long a server may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--output <folder>', 'also write every derived format (JUnit, BMF, …) there')
    .option('--resume <gate>', 'go on with a run that crashed or was interrupted: id or folder')
    .option('--selftest', 'check the gate itself: A/A must stay green, a planted regression must turn red')
    .option('--planted <slowdown>', 'with --selftest: the slowdown that is planted', slowdown, 0.1)
    .option('--json', 'print the record as JSON');
}

function slowdown(text: string): number {
  const percent = Number(/^(\d{1,2}(?:\.\d)?)\s?%$/.exec(text)?.[1]);
  if (percent >= 2 && percent <= 50) return percent / 100;
  throw new InvalidArgumentError('Must be a slowdown from 2% to 50%.');
}

function minutes(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 1_440) {
    throw new InvalidArgumentError('Must be minutes, more than 0 and at most 1440.');
  }
  return value;
}

/** Metrics to judge, and the limits that the user chose, as shares: `cpu=5%` is 0.05. */
export function gatedMetrics(options: Pick<GateOptions, 'only' | 'metric'>): {
  metrics: GatedMetric[];
  limits: Partial<Record<GatedMetric, number>>;
} {
  const limits = Object.fromEntries((options.metric ?? []).map(limitOf));
  const chosen = (options.only ?? Object.keys(METRIC_WORDS)).map(metricOf);
  const wanted = new Set<string>([...chosen, ...Object.keys(limits)]);
  return { metrics: GATED_METRICS.filter((metric) => wanted.has(metric)), limits };
}

function limitOf(text: string): [GatedMetric, number] {
  const [word = '', limit = ''] = text.split('=');
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)\s?%$/.exec(limit)?.[1];
  if (percent === undefined || Number(percent) <= 0) {
    throw new HarnessError('USAGE', `--metric: not a limit: "${text}"`, {
      fix: 'a metric and a percentage, as cpu=5%',
    });
  }
  return [metricOf(word), Number(percent) / 100];
}

function metricOf(word: string): GatedMetric {
  const metric = METRIC_WORDS[word] ?? GATED_METRICS.find((id) => id === word);
  if (metric === undefined) {
    throw new HarnessError('USAGE', `no gated metric "${word}"`, {
      fix: `one of ${Object.keys(METRIC_WORDS).join(', ')}`,
    });
  }
  return metric;
}
