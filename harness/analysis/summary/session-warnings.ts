import { formatNumber } from '../../base/units.ts';
import { REASONS } from '../../model/reason.ts';
import type { Session } from '../../model/session.ts';
import type { CellSummary } from '../../model/summary.ts';

/** Targets this close to each other stand at a common limit, not at their own. */
const CLUSTER_RATIO = 1.01;
const CLUSTER_SIZE = 4;
/** From this many rounds a median has a 95 % interval. */
const ROUNDS_FOR_INTERVAL = 6;

/** What weakens the whole session, one sentence each. */
export function sessionWarnings(session: Session, cells: readonly CellSummary[]): string[] {
  return [
    ...session.environment.warnings,
    ...unfinished(session),
    ...fewRounds(session.plan.rounds),
    ...(session.plan.cpus.disjoint ? [] : ['Target and driver share their CPUs: each slows the other down.']),
    ...session.scenarios.flatMap((scenario) =>
      // At a given rate all targets that keep up stand together by design.
      scenario.loop.kind === 'closed' ? atCeiling(scenario.id, cells) : [],
    ),
  ];
}

function unfinished(session: Session): string[] {
  const ended = session.trials.filter((trial) => trial.verdict !== 'aborted').length;
  const planned = session.plan.trials.length;
  return ended >= planned ? [] : [`Only ${ended} of ${planned} planned trials have ended.`];
}

function fewRounds(rounds: number): string[] {
  if (rounds === 1)
    return ['One round tells nothing about chance: no target can be told apart from another.'];
  if (rounds === 2)
    return ['Two rounds tell only large differences from chance: five tell far smaller ones.'];
  return rounds < ROUNDS_FOR_INTERVAL
    ? [`With ${rounds} rounds a median has no 95 % interval (from ${ROUNDS_FOR_INTERVAL}).`]
    : [];
}

/** More than three targets within 1 % of each other: most likely the driver's ceiling. */
function atCeiling(scenarioId: string, cells: readonly CellSummary[]): string[] {
  const rates = cells
    .filter((cell) => cell.scenarioId === scenarioId)
    .flatMap(({ targetName, metrics: { throughputRps } }) =>
      throughputRps.kind === 'value' ? [{ targetName, rps: throughputRps.estimate }] : [],
    )
    .toSorted((a, b) => a.rps - b.rps);
  const cluster = largestCluster(rates);
  if (cluster.length < CLUSTER_SIZE) return [];
  const names = cluster.map(({ targetName }) => targetName).join(', ');
  const { sentence } = REASONS.RANKING_AT_CEILING;
  const from = formatNumber(cluster[0]?.rps ?? 0);
  const to = formatNumber(cluster.at(-1)?.rps ?? 0);
  return [`RANKING_AT_CEILING: in ${scenarioId} ${sentence}: ${names} lie between ${from} and ${to} req/s.`];
}

function largestCluster<T extends { rps: number }>(sorted: readonly T[]): T[] {
  const clusters = sorted.map((first, i) =>
    sorted.slice(i).filter((other) => other.rps <= first.rps * CLUSTER_RATIO),
  );
  return clusters.reduce<T[]>((best, cluster) => (cluster.length > best.length ? cluster : best), []);
}
