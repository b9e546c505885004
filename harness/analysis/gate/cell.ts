import { formatShare } from '../../base/units.ts';
import type { CellEvidence, GateOutcome } from '../../model/gate-report.ts';
import {
  hodgesLehmann,
  signedRankAboveP,
  signedRankLowerBound,
  signedRankUpperBound,
} from '../interval/signed-rank.ts';
import { median } from '../order.ts';
import { smallestDetectable } from './detectable.ts';
import { dropProblem, type LaunchDifference } from './launch-difference.ts';
import { IMPLAUSIBLE_RATIO, PASS_ALPHA, type Zone } from './profile.ts';
import { lookAlphas } from './spending.ts';

/** What one cell comes to from its launches alone, before confirmation and waivers. */
export type CellOutcome = Extract<
  GateOutcome,
  { kind: 'regression' | 'improvement' | 'pass' | 'inconclusive' | 'invalid' }
>;

export interface CellRules {
  zone: Zone;
  looks: readonly number[];
  /** Share of the run's error that this cell may spend (Bonferroni: alpha / cells). */
  redAlpha: number;
}

/**
 * Decides one cell from its launches, in their order: looks where the plan looks, stops at the first decision. Replaying
 * a stored run therefore gives the same verdict at the same launch.
 */
export function judgeCell(launches: readonly LaunchDifference[], rules: CellRules): CellOutcome {
  const problem = dropProblem(launches);
  if (problem !== null) return { kind: 'invalid', why: problem };
  const usable = launches.filter((launch) => launch.d !== null);
  const red = lookAlphas(rules.looks, rules.redAlpha);
  const pass = lookAlphas(rules.looks, PASS_ALPHA);
  let outcome: CellOutcome = {
    kind: 'invalid',
    why: `${launchesText(usable.length)} could be used, the first look needs ${rules.looks[0] ?? 0}: more --budget-minutes, or fewer scenarios`,
  };
  for (const [look, n] of rules.looks.entries()) {
    if (usable.length < n) break;
    outcome = lookAt(usable.slice(0, n), rules.zone, { red: red[look] ?? 0, pass: pass[look] ?? 0 });
    if (outcome.kind !== 'inconclusive') break;
  }
  return outcome;
}

/** True where more launches can still change the outcome of a cell. */
export function isUndecided(outcome: CellOutcome, launches: number, looks: readonly number[]): boolean {
  if (launches < (looks[0] ?? 0)) return true;
  return outcome.kind === 'inconclusive' && launches < (looks.at(-1) ?? 0);
}

function lookAt(
  launches: readonly LaunchDifference[],
  zone: Zone,
  alpha: { red: number; pass: number },
): CellOutcome {
  const values = launches.map((launch) => launch.d ?? Number.NaN);
  const evidence = evidenceOf(values, zone, alpha);
  const d0 = Math.log1p(zone.d0);
  if (evidence.estimate < IMPLAUSIBLE_RATIO - 1) {
    return {
      kind: 'invalid',
      why: `${shown(-evidence.estimate)} better is implausible: did head do the same work?`,
    };
  }
  if (alpha.red > 0 && signedRankAboveP(values, d0) <= alpha.red) {
    const change = absoluteChange(launches);
    if (change > zone.floor) {
      return { kind: 'regression', why: `worse by ${range(evidence)}, beyond ${shown(zone.d0)}`, evidence };
    }
    return {
      kind: 'pass',
      why: `worse by ${shown(evidence.estimate)}, but the change is below what the instruments resolve`,
      evidence,
    };
  }
  const mirrored = values.map((value) => -value);
  // An improvement fails no one: it is held to the error of a pass, or the pass of an early look would always hide it.
  if (alpha.pass > 0 && signedRankAboveP(mirrored, d0) <= alpha.pass) {
    return { kind: 'improvement', why: `better by at least ${shown(zone.d0)}`, evidence };
  }
  if (alpha.pass > 0 && signedRankAboveP(mirrored, -Math.log1p(zone.d1)) <= alpha.pass) {
    return {
      kind: 'pass',
      why: `at most ${shown(evidence.upper ?? zone.d1)} worse, below ${shown(zone.d1)}`,
      evidence,
    };
  }
  const why = `after ${launchesText(launches.length)} neither a change beyond ${shown(zone.d0)} nor its absence (below ${shown(zone.d1)}) is shown`;
  return { kind: 'inconclusive', why, evidence };
}

function evidenceOf(
  values: readonly number[],
  zone: Zone,
  alpha: { red: number; pass: number },
): CellEvidence {
  const lower = signedRankLowerBound(values, alpha.red);
  const upper = signedRankUpperBound(values, alpha.pass);
  return {
    launches: values.length,
    estimate: Math.expm1(hodgesLehmann(values)),
    lower: lower === null ? null : Math.expm1(lower),
    upper: upper === null ? null : Math.expm1(upper),
    detectable: smallestDetectable(values, zone.d0, alpha.red),
  };
}

/** Median change of a launch in the unit of the metric, without its sign. */
function absoluteChange(launches: readonly LaunchDifference[]): number {
  return Math.abs(median(launches.map(({ base, head }) => (head ?? 0) - (base ?? 0))));
}

function shown(share: number): string {
  return formatShare(share, 1);
}

function range({ estimate, lower }: CellEvidence): string {
  return lower === null ? shown(estimate) : `${shown(estimate)} (at least ${shown(lower)})`;
}

function launchesText(count: number): string {
  return `${count} ${count === 1 ? 'launch' : 'launches'}`;
}
