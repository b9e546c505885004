import type {
  ClaimCounts,
  ClaimsReport,
  ImpossibleFigure,
  JudgedClaim,
  JudgedMetric,
  OpenReason,
  RankAgreement,
} from '../../model/claims-report.ts';
import { METRICS, type MetricId } from '../../model/metric.ts';

const OPEN_SYMBOLS: Readonly<Record<OpenReason, string>> = {
  'interval-holds-1': '~',
  bound: '≥',
  'too-few-rounds': '–',
  'not-measured': '–',
};

/** One character for a verdict, told apart without colour. */
export function symbolOf({ verdict, firm }: Pick<JudgedClaim, 'verdict' | 'firm'>): string {
  if (verdict.kind === 'undecided') return OPEN_SYMBOLS[verdict.reason];
  if (verdict.kind === 'reproduced') return firm ? '✓' : '+';
  return firm ? '✗' : '-';
}

/** The symbol of each pair, as rows by who is ahead and columns by who is behind, both in published order; empty where nothing is claimed. */
export function triangleOf({ claims, order }: JudgedMetric): string[][] {
  const symbols = new Map(claims.map((claim) => [`${claim.ahead} ${claim.behind}`, symbolOf(claim)]));
  return order.map((ahead) => order.slice(1).map((behind) => symbols.get(`${ahead} ${behind}`) ?? ''));
}

export const SYMBOLS =
  '✓ reproduced: the 95 % interval of the factor lies above 1. ✗ contradicted: below 1. Both firm: they stand among all pairs at once. + and - the same, but for this pair alone. ~ the interval holds 1. ≥ a figure is only a bound, as the load driver was the limit. – no figure, or too few rounds.';

/** What every reader of a verdict must know, whoever made the claims. */
export const CAUTIONS: readonly string[] = [
  'Only factors are judged, never absolute figures: another machine gives other figures.',
  'Each interval holds for its own pair: of pairs that do not differ at all, about one in twenty is decided by chance. Of the firm verdicts of a metric, the chance that any is wrong is 5 %.',
];

/** `Throughput`, `Mean latency`. */
export function metricLabel(metric: MetricId): string {
  const { title } = METRICS[metric];
  return metric.startsWith('latency') && metric !== 'latencyJitterUs' ? `${title} latency` : title;
}

/** `7 of 21 claims reproduced, 1 contradicted, 13 undecided; 6 of the 8 decided are firm`; why some are open may be told. */
export function countsText({ reproduced, contradicted, undecided, firm }: ClaimCounts, open = ''): string {
  const decided = reproduced + contradicted;
  const all = decided + undecided;
  const why = open === '' ? '' : ` (${open})`;
  const counts = `${reproduced} of ${all} ${all === 1 ? 'claim' : 'claims'} reproduced, ${contradicted} contradicted, ${undecided} undecided${why}`;
  return decided === 0
    ? counts
    : `${counts}; ${firm} of the ${decided} decided ${firm === 1 ? 'is' : 'are'} firm`;
}

/** `14 published figures cannot be`. */
export function impossibleText({ impossible: { length } }: ClaimsReport): string {
  if (length === 0) return 'no published figure refutes another';
  return `${length} published ${length === 1 ? 'figure' : 'figures'} cannot be`;
}

export function totalOf(report: ClaimsReport): ClaimCounts {
  const counts = report.tables.flatMap(({ metrics }) => metrics.map((metric) => metric.counts));
  return counts.reduce(
    (sum, each) => ({
      reproduced: sum.reproduced + each.reproduced,
      contradicted: sum.contradicted + each.contradicted,
      undecided: sum.undecided + each.undecided,
      firm: sum.firm + each.firm,
    }),
    { reproduced: 0, contradicted: 0, undecided: 0, firm: 0 },
  );
}

const OPEN_WORDS: Readonly<Record<OpenReason, string>> = {
  bound: 'by a figure that is only a bound',
  'interval-holds-1': 'with an interval that holds 1',
  'too-few-rounds': 'with too few common rounds',
  'not-measured': 'without a figure here',
};

/** `8 by a figure that is only a bound, 5 with an interval that holds 1`; empty where everything is decided. */
export function openText({ claims }: JudgedMetric): string {
  const reasons = claims.flatMap(({ verdict }) => (verdict.kind === 'undecided' ? [verdict.reason] : []));
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, all]) => `${all.length} ${OPEN_WORDS[reason]}`)
    .join(', ');
}

/** `0.33 (p 0.75, 4 of 7 targets)`. */
export function rankText(rank: RankAgreement): string {
  if (rank.kind === 'none') return 'n/a';
  const { tauB, p, targets, leftOut } = rank;
  const total = targets.length + leftOut.length;
  const share = leftOut.length === 0 ? `${total} targets` : `${targets.length} of ${total} targets`;
  return `${tauB.toFixed(2)} (p ${p < 0.005 ? '< 0.01' : p.toFixed(2)}, ${share})`;
}

/** Figures that one rule refutes in the same way, with the first as the example. */
export interface Refutation {
  example: ImpossibleFigure;
  others: readonly ImpossibleFigure[];
}

export function refutations(report: ClaimsReport): Refutation[] {
  const groups = Map.groupBy(report.impossible, (figure) => `${figure.rule} ${figure.of}`);
  return [...groups.values()].flatMap(([example, ...others]) =>
    example === undefined ? [] : [{ example, others }],
  );
}

/** How the session measured, in a line. */
export function measuredText({ sessionId, here, tables }: ClaimsReport): string {
  const { rounds, workers, targetCpus } = here;
  const connections = new Set(
    tables.flatMap(({ measured }) => (measured.kind === 'yes' ? [measured.connections] : [])),
  );
  const load = connections.size === 0 ? '' : `${[...connections].join(' or ')} connections, `;
  const cpus = targetCpus === 0 ? '' : `, ${targetCpus} ${targetCpus === 1 ? 'CPU' : 'CPUs'} each`;
  return `session ${sessionId}: ${load}${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${workers} ${workers === 1 ? 'worker' : 'workers'} a target${cpus}`;
}

/** Where the claims come from: `Someone (2025-06, https://example.org)`. */
export function sourceText({ source: { name, date, url } }: ClaimsReport): string {
  const parts = [date, url].filter((part) => part !== undefined);
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}
