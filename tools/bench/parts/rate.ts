import { atMost, type Figure, figure, type Goal, missingFigure } from '../figure.ts';
import { dyno, dynoReport, type DynoReport, type Load, wrk2, wrk2PercentileUs } from '../generators.ts';
import { type Bench, CONNECTIONS, interleave, isInstalled, type Part, runPinned } from '../rig.ts';

/** Rates in req/s; the goals hold for the higher ones, which leave no core idle. */
const RATES_RPS = [1_000, 10_000, 30_000];
const GOALS_FROM_RPS = 10_000;
const RATE_ERROR_GOAL_PERCENT = atMost(0.1);
const DELAY_P50_GOAL_US = atMost(5);
const DELAY_P99_GOAL_US = atMost(100);

/** What wrk2 says of one load. */
interface TheirReport {
  rate: number;
  responseP50Us: number;
}

/** How true an open loop is to its schedule, from one core and after a warm-up. */
export const rate: Part = {
  id: 'rate',
  title: `Open loop, constant pace, ${CONNECTIONS} connections, one core`,
  async measure(bench) {
    const hasWrk2 = await isInstalled('wrk2');
    const figures = [];
    for (const rateRps of RATES_RPS) {
      const { own, theirs } = await loadsAt(bench, rateRps, hasWrk2);
      figures.push(...ownFigures(rateRps, own), ...theirFigures(rateRps, theirs));
    }
    return figures;
  },
};

async function loadsAt(
  { port, seconds, rounds, progress }: Bench,
  rateRps: number,
  hasWrk2: boolean,
): Promise<{ own: DynoReport[]; theirs: TheirReport[] | null }> {
  const load: Load = { port, path: '/payload/1kb', connections: CONNECTIONS, seconds, rateRps };
  const own: DynoReport[] = [];
  const theirs: TheirReport[] = [];
  await interleave(rounds, hasWrk2 ? ['dyno', 'wrk2'] : ['dyno'], async (id) => {
    progress(`${id} ${rateRps} req/s`);
    if (id === 'dyno') {
      own.push(dynoReport(await runPinned(dyno, load)));
      return;
    }
    const output = await runPinned(wrk2, load);
    theirs.push({ rate: wrk2.rate(output), responseP50Us: wrk2PercentileUs(output, 50) });
  });
  return { own, theirs: hasWrk2 ? theirs : null };
}

function ownFigures(rateRps: number, own: readonly DynoReport[]): Figure[] {
  const wanted = (goal: Goal): Goal | null => (rateRps >= GOALS_FROM_RPS ? goal : null);
  const of = (what: string, unit: string, pick: (report: DynoReport) => number, goal: Goal | null): Figure =>
    figure(`${rateRps}.${what}`, named(what, rateRps), unit, own.map(pick), goal);
  const delay =
    (key: 'p50' | 'p99') =>
    (report: DynoReport): number =>
      report.sendDelayUs?.[key] ?? Number.NaN;
  return [
    of(
      'rate error',
      '%',
      (report) => errorPercent(report.requestsPerSec, rateRps),
      wanted(RATE_ERROR_GOAL_PERCENT),
    ),
    of('dropped or failed', 'requests', ({ dropped, failures }) => dropped + failures, wanted(atMost(0))),
    of('send delay p50', 'µs', delay('p50'), wanted(DELAY_P50_GOAL_US)),
    of('send delay p99', 'µs', delay('p99'), wanted(DELAY_P99_GOAL_US)),
    of('response time p50', 'µs', ({ responseTimeUs }) => responseTimeUs.p50, null),
  ];
}

/** Null where there is no wrk2 here. */
function theirFigures(rateRps: number, theirs: readonly TheirReport[] | null): Figure[] {
  const what = ['wrk2: rate error', 'wrk2: response time p50'] as const;
  if (theirs === null)
    return what.map((title) => missingFigure(`${rateRps}.${title}`, named(title, rateRps), 'not installed'));
  const [error, response] = what;
  const errors = theirs.map((their) => errorPercent(their.rate, rateRps));
  const responses = theirs.map(({ responseP50Us }) => responseP50Us);
  return [
    figure(`${rateRps}.${error}`, named(error, rateRps), '%', errors),
    figure(`${rateRps}.${response}`, named(response, rateRps), 'µs', responses),
  ];
}

function named(what: string, rateRps: number): string {
  return `${what} at ${rateRps.toLocaleString('en-US')} req/s`;
}

function errorPercent(reached: number, asked: number): number {
  return Math.abs(reached / asked - 1) * 100;
}
