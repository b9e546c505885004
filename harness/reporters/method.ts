import { formatMs, formatNumber } from '../base/units.ts';
import type { Session } from '../model/session.ts';
import { shellWord } from './escape.ts';
import type { RecordedScenario } from './scenario-table.ts';

/** The load of a scenario in one line: connections, loop, window, rounds. */
export function loadOf(session: Session, scenario: RecordedScenario): string {
  const { connections, loop, measure } = scenario;
  const shape =
    loop.kind === 'closed'
      ? 'closed loop'
      : `open loop, ${formatNumber(loop.rateRps)} req/s ${loop.arrivals}`;
  const { rounds } = session.plan;
  return `${plural(connections, 'connection')}, ${shape}, ${formatMs(measure)}, ${plural(rounds, 'round')}`;
}

/** `1 round`, `1,000 connections`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** CPU numbers as a person writes them: `0`, `0-3`, `0,2`. */
export function cpuList(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of cpus.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** How the session was measured, one sentence each. */
export function methodOf(session: Session): string[] {
  const { plan } = session;
  const { target: targetCpus, driver: driverCpus, disjoint } = plan.cpus;
  const launchers = [...new Set(session.targets.map((measured) => measured.launcher))];
  return [
    `${plural(plan.rounds, 'round')}, each with every target once a scenario in random order (seed ${plan.seed}), and a fresh start of the target for every trial.`,
    `Started as ${launchers.join(' and ') || plan.launcher}, ${plural(plan.workers, 'worker')} each; readiness and the exact response were checked before any load.`,
    ...session.scenarios.map(
      (scenario) =>
        `${scenario.title}: ${scenario.request.method} ${scenario.request.path}, ${loadOf(session, scenario)}, after a warm-up of ${warmupOf(scenario)} that does not count.`,
    ),
    ...plan.drivers.map(
      ({ scenarioId, driver, why }) =>
        `Load driver of ${scenarioId}: ${driver}, ${plural(plan.driverWorkers, 'worker')}. ${why}`,
    ),
    disjoint
      ? `Targets ran on CPU ${cpuList(targetCpus)}, the driver on CPU ${cpuList(driverCpus)}.`
      : 'Target and driver shared CPUs.',
    "Two targets are told apart where two of Student's tests on the logarithms of their ratios, paired by round, agree: one with the variance of all pairs, corrected by Holm over all pairs, and one with their own. At most 1 of 20 rankings tells any two apart that are alike.",
    'CPU and memory are those of the whole target (control group or process tree) over exactly the measured window, page cache excluded.',
  ];
}

function warmupOf({ warmup, warmupMax }: RecordedScenario): string {
  return warmupMax > warmup ? `${formatMs(warmup)} to ${formatMs(warmupMax)}` : formatMs(warmup);
}

/** The machine, as pairs for a table. Serial numbers, host names and addresses are not recorded, and so not here. */
export function environmentOf(session: Session): [string, string][] {
  const { environment: machine } = session;
  const cores = machine.cpuQuotaCores === null ? '' : `, quota ${formatNumber(machine.cpuQuotaCores)} cores`;
  return [
    ['CPU', `${machine.cpuModel}, ${plural(machine.logicalCpus, 'logical CPU')}${cores}`],
    ['Memory', `${formatNumber(machine.memoryBytes / 2 ** 30)} GiB`],
    ['System', `${machine.os}, kernel ${machine.kernel}, ${machine.architecture}`],
    ['Virtual machine', machine.hypervisor ?? 'none seen'],
    ['Node', machine.node],
    ['Engine', machine.docker ?? 'none'],
    ['Control groups', machine.cgroup],
    ['Governor', machine.governor ?? 'not readable'],
    [
      'httpdyno',
      `${session.harnessVersion}${machine.gitCommit === null ? '' : ` (${machine.gitCommit.slice(0, 12)})`}`,
    ],
    ['Fingerprint', machine.fingerprint.slice(0, 16)],
  ];
}

/** The commands that repeat the session: the same arguments, with the seed that was drawn where none was given. */
export function reproductionOf(session: Session): string[] {
  const seedGiven = session.argv.some((argument) => argument === '--seed' || argument.startsWith('--seed='));
  const seed = seedGiven ? [] : ['--seed', String(session.plan.seed)];
  const [command, ...rest] = session.argv;
  const words = [...rest, ...seed].map(shellWord).join(' ');
  const { gitCommit } = session.environment;
  return [
    ...(gitCommit === null ? [] : [`git checkout ${shellWord(gitCommit)}`]),
    'npm ci',
    command === undefined || command === 'run'
      ? `npm run bench -- ${words}`
      : `npx httpdyno ${shellWord(command)} ${words}`,
  ];
}
