import type { Claims, ClaimsColumn, ClaimsTable } from '../../model/claims.ts';
import { publishedFigure } from '../../model/claims.ts';
import type { PublishedFigure } from '../../model/claims-figure.ts';
import type {
  ClaimCounts,
  ClaimsReport,
  JudgedClaim,
  JudgedMetric,
  JudgedTable,
  RankAgreement,
} from '../../model/claims-report.ts';
import { METRICS, type MetricDefinition, type MetricId } from '../../model/metric.ts';
import type { Session } from '../../model/session.ts';
import type { Summary } from '../../model/summary.ts';
import { auditClaims } from '../audit/audit-claims.ts';
import { provenOrder } from '../summary/told-apart.ts';
import { judgeFactor, magnitudeOf, publishedInterval } from './judge-claim.ts';
import { kendallTauB } from './kendall.ts';
import { type MeasuredCell, measuredCell } from './measured-cell.ts';

/** Holds every pair of every table and metric of a published comparison against a session, and the figures against each other. */
export function judgeClaims(claims: Claims, session: Session, summary: Summary): ClaimsReport {
  return {
    id: claims.id,
    source: claims.source,
    sessionId: session.id,
    here: {
      rounds: session.plan.rounds,
      workers: session.plan.workers,
      targetCpus: session.plan.cpus.target.length,
    },
    tables: claims.tables.map((table) => judgeTable(table, session, summary)),
    impossible: auditClaims(claims.id, claims).map(({ row, name, rule, message }) => ({
      of: row === 0 ? 'table' : 'row',
      name,
      rule,
      message,
    })),
    notes: notesOf(claims),
  };
}

function judgeTable(table: ClaimsTable, session: Session, summary: Summary): JudgedTable {
  const { title, scenario: scenarioId, note = null } = table;
  const scenario = session.scenarios.find(({ id }) => id === scenarioId);
  if (scenario === undefined) {
    const why = `the session has no scenario ${scenarioId}`;
    return { title, scenarioId, note, measured: { kind: 'no', why }, metrics: [] };
  }
  const metrics = table.columns.map((column) =>
    judgeMetric(table, column, (targetId) =>
      measuredCell(session, summary, { targetId, scenarioId }, column.metric),
    ),
  );
  return { title, scenarioId, note, measured: { kind: 'yes', connections: scenario.connections }, metrics };
}

/** A target with its published figure and what it did here. */
interface Contender {
  targetId: string;
  published: PublishedFigure;
  here: MeasuredCell;
}

function judgeMetric(
  table: ClaimsTable,
  column: ClaimsColumn,
  measure: (targetId: string) => MeasuredCell,
): JudgedMetric {
  const { metric } = column;
  const contenders = table.rows.flatMap((row): Contender[] => {
    const figure = publishedFigure(row, table, column);
    return figure === null ? [] : [{ targetId: row.target, published: figure, here: measure(row.target) }];
  });
  const order = contenders.toSorted((a, b) => directionOf(metric) * (b.published.value - a.published.value));
  const isHigher = provenAmong(order);
  const claims = order.flatMap((ahead, i) =>
    order.slice(i + 1).flatMap((behind) => judgePair(ahead, behind, metric, isHigher)),
  );
  return {
    metric,
    counts: countsOf(claims),
    claims,
    order: order.map(({ targetId }) => targetId),
    rank: rankAgreement(contenders),
  };
}

type IsHigher = (one: Contender, other: Contender) => boolean;

/** Which measured figures lie above which, with an error of 5 % for all statements together. */
function provenAmong(contenders: readonly Contender[]): IsHigher {
  const measured = contenders.filter(({ here }) => here.kind === 'figure');
  const matrix = provenOrder(measured.map(({ here }) => logsOf(here)));
  return (one, other) => matrix[measured.indexOf(one)]?.[measured.indexOf(other)] === true;
}

function logsOf(here: MeasuredCell): ReadonlyMap<number, number> {
  if (here.kind === 'none') return new Map();
  return new Map(
    [...here.byRound].flatMap(([round, value]) => (value > 0 ? [[round, Math.log(value)]] : [])),
  );
}

/** Equal figures claim nothing. */
function judgePair(ahead: Contender, behind: Contender, metric: MetricId, isHigher: IsHigher): JudgedClaim[] {
  if (ahead.published.value === behind.published.value) return [];
  const [greater, lesser] =
    ahead.published.value > behind.published.value ? [ahead, behind] : [behind, ahead];
  const { here, verdict } = judgeFactor(greater.here, lesser.here, metric);
  return [
    {
      ahead: ahead.targetId,
      behind: behind.targetId,
      published: greater.published.value / lesser.published.value,
      here,
      verdict,
      firm:
        (verdict.kind === 'reproduced' && isHigher(greater, lesser)) ||
        (verdict.kind === 'contradicted' && isHigher(lesser, greater)),
      magnitude: magnitudeOf(publishedInterval(greater.published, lesser.published), here),
    },
  ];
}

/** 1 where more is better. What is neither, as the share of a CPU, is published as a cost. */
function directionOf(metric: MetricId): 1 | -1 {
  const definition: MetricDefinition = METRICS[metric];
  return definition.better === 'higher' ? 1 : -1;
}

function countsOf(claims: readonly JudgedClaim[]): ClaimCounts {
  const count = (kind: JudgedClaim['verdict']['kind']): number =>
    claims.filter(({ verdict }) => verdict.kind === kind).length;
  return {
    reproduced: count('reproduced'),
    contradicted: count('contradicted'),
    undecided: count('undecided'),
    firm: claims.filter(({ firm }) => firm).length,
  };
}

/** Bounds have no place in an order; only figures that stand are ranked. */
function rankAgreement(contenders: readonly Contender[]): RankAgreement {
  const ranked = contenders.flatMap(({ targetId, published, here }) =>
    here.kind === 'figure' && here.bound === 'exact' ? [{ targetId, published, here: here.estimate }] : [],
  );
  const targets = ranked.map(({ targetId }) => targetId);
  const leftOut = contenders.map(({ targetId }) => targetId).filter((id) => !targets.includes(id));
  if (ranked.length < 2) return { kind: 'none', why: 'fewer than two targets have a figure here', leftOut };
  const tau = kendallTauB(ranked.map(({ published, here }) => [published.value, here]));
  if (tau === null) return { kind: 'none', why: 'all figures of one side are equal', leftOut };
  return { kind: 'value', ...tau, targets, leftOut };
}

function notesOf({ source, tables }: Claims): string[] {
  const unstated = tables.filter(
    ({ connections, columns }) =>
      connections === undefined &&
      ['throughputRps', 'latencyMeanUs'].every((id) => columns.some(({ metric }) => metric === id)),
  );
  return [
    ...(source.conditions.length > 0
      ? []
      : [
          'The source states no conditions: not the connections, the duration, the load generator or the hardware.',
        ]),
    ...unstated.map(
      ({ title }) =>
        `Little's law cannot be held against single rows of ${title}: the source states no connections.`,
    ),
  ];
}
