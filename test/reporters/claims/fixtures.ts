import type {
  ClaimsReport,
  ClaimVerdict,
  JudgedClaim,
  JudgedMetric,
} from '../../../harness/model/claims-report.ts';

export const open = (reason: Extract<ClaimVerdict, { kind: 'undecided' }>['reason']): ClaimVerdict => ({
  kind: 'undecided',
  reason,
  why: `because of ${reason}`,
});

/** Firm where it is decided, unless told otherwise. */
export function claim(ahead: string, behind: string, change: Partial<JudgedClaim> = {}): JudgedClaim {
  return {
    ahead,
    behind,
    published: 1.5,
    here: { estimate: 1.4, low: 1.2, high: 1.6 },
    verdict: { kind: 'reproduced' },
    firm: (change.verdict ?? { kind: 'reproduced' }).kind !== 'undecided',
    magnitude: 'agrees',
    ...change,
  };
}

export function metric(claims: JudgedClaim[], change: Partial<JudgedMetric> = {}): JudgedMetric {
  const count = (kind: ClaimVerdict['kind']): number =>
    claims.filter(({ verdict }) => verdict.kind === kind).length;
  const order = [...new Set(claims.flatMap(({ ahead, behind }) => [ahead, behind]))];
  return {
    metric: 'throughputRps',
    counts: {
      reproduced: count('reproduced'),
      contradicted: count('contradicted'),
      undecided: count('undecided'),
      firm: claims.filter(({ firm }) => firm).length,
    },
    claims,
    order,
    rank: { kind: 'value', tauB: 1 / 3, p: 0.75, targets: order, leftOut: [] },
    ...change,
  };
}

/** Three targets: one claim reproduced, one contradicted, one open. */
export const MIXED = metric([
  claim('a', 'b'),
  claim('a', 'c', {
    verdict: { kind: 'contradicted' },
    here: { estimate: 0.5, low: 0.4, high: 0.6 },
    magnitude: 'differs',
  }),
  claim('b', 'c', {
    verdict: open('interval-holds-1'),
    here: { estimate: 1, low: 0.9, high: 1.1 },
    magnitude: 'unknown',
  }),
]);

export function report(metrics: JudgedMetric[] = [MIXED], change: Partial<ClaimsReport> = {}): ClaimsReport {
  return {
    id: 'someone',
    source: { name: 'Someone', conditions: [] },
    sessionId: 'session-1',
    here: { rounds: 3, workers: 1, targetCpus: 1 },
    tables: [
      { title: 'Small', scenarioId: '1kb', note: null, measured: { kind: 'yes', connections: 64 }, metrics },
    ],
    impossible: [],
    notes: [],
    ...change,
  };
}
