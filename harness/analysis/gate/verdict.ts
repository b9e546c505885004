import type { GatedMetric, ProfileId } from '../../model/gate-metric.ts';
import type {
  CellId,
  GateOutcome,
  GateReport,
  GateVerdict,
  JudgedCell,
  LaunchValue,
  Waiver,
} from '../../model/gate-report.ts';
import { type CellOutcome, type CellRules, judgeCell } from './cell.ts';
import { confirmReds } from './confirm.ts';
import type { LaunchDifference } from './launch-difference.ts';
import { LOOKS, RED_ALPHA, type Zone, zoneOf } from './profile.ts';
import { judgeSentinel } from './sentinel.ts';
import { lapseOf, sameCell, waiverFor } from './waiver.ts';

/** Everything measured about one declared cell. */
export interface GateCell extends CellId {
  launches: readonly LaunchDifference[];
  /** Launches made afterwards to confirm a red; empty where none were made. */
  fresh: readonly LaunchDifference[];
  /** What makes the cell unfit to judge (errors, driver-bound, unreadable baseline), one sentence each. */
  problems: readonly string[];
  /** Why not the target but the driver set the figure, or null: judged only where the user asked for the metric. */
  bound?: string | null;
}

export interface GateRun {
  /** Every cell that must be there: a gate that loses one fails closed. */
  declared: readonly CellId[];
  cells: readonly GateCell[];
  /** Differences of the reference server against itself in each launch, by metric. */
  sentinel: readonly (Pick<CellId, 'metric'> & { differences: readonly number[] })[];
  profile: ProfileId;
  /** Limits that the user chose instead of the profile's d1. */
  limits?: Readonly<Partial<Record<GatedMetric, number>>>;
  logicalCpus: number;
  /** Launches after which the evidence is looked at; those of the method unless told. */
  looks?: readonly number[];
  waivers: readonly Waiver[];
  /** YYYY-MM-DD, for the expiry of waivers. */
  today: string;
}

/** The verdict of a gate run, from launches alone: the same stored launches always give the same verdict. */
export function judgeGate(run: GateRun): GateReport {
  const sentinel = run.sentinel.map(({ metric, differences }) =>
    judgeSentinel(differences, zoneOf(metric, run.profile, run.logicalCpus).d0),
  );
  const contaminated = sentinel.find((finding) => finding.kind === 'contaminated');
  const judged = run.declared.map((id) => judgeDeclared(id, run));
  const confirmed = withConfirmation(judged, run).map((cell) => withWaiver(cell, run));
  const cells = confirmed
    .map((cell) => (contaminated === undefined ? cell : withoutTrust(cell, contaminated.why)))
    .map((cell, _, all) => ({ ...cell, isolated: isIsolated(cell, all) }));
  return { ...verdictOf(cells), cells, sentinel };
}

function judgeDeclared(id: CellId, run: GateRun): JudgedCell {
  const zone = zoneFor(id, run);
  const cell = run.cells.find((candidate) => sameCell(candidate, id));
  const gated = run.declared.filter((each) => !zoneFor(each, run).advisory).length;
  const { d0, d1 } = zone;
  const base = {
    ...cellId(id),
    zone: { d0, d1 },
    isolated: false,
    launches: (cell?.launches ?? []).map(valueOf),
  };
  const bound = cell?.bound ?? null;
  if (bound !== null && (cell?.problems ?? []).length === 0 && run.limits?.[id.metric] === undefined) {
    return { ...base, outcome: { kind: 'not-gated', why: bound }, advisory: true };
  }
  const rules = { zone, looks: run.looks ?? LOOKS, redAlpha: RED_ALPHA / Math.max(1, gated) };
  return { ...base, outcome: judgeMeasured(cell, rules), advisory: zone.advisory };
}

function judgeMeasured(cell: GateCell | undefined, rules: CellRules): CellOutcome {
  if (cell === undefined) return { kind: 'invalid', why: 'the cell was declared but not measured' };
  const problems = [
    ...cell.problems,
    ...(cell.bound === null || cell.bound === undefined ? [] : [cell.bound]),
  ];
  if (problems.length > 0) return { kind: 'invalid', why: problems.join('; ') };
  return judgeCell(cell.launches, rules);
}

function valueOf({ base, head, d }: LaunchDifference, launch: number): LaunchValue {
  return { launch, base, head, d };
}

/** Reds of gated cells count only when fresh launches repeat them. */
function withConfirmation(judged: readonly JudgedCell[], run: GateRun): JudgedCell[] {
  const reds = judged.filter(({ outcome, advisory }) => outcome.kind === 'regression' && !advisory);
  const fresh = reds.map((red) => {
    const cell = run.cells.find((candidate) => sameCell(candidate, red));
    const differences = (cell?.fresh ?? []).flatMap(({ d }) => (d === null ? [] : [d]));
    return { fresh: differences, d0: zoneFor(red, run).d0 };
  });
  const confirmations = confirmReds(fresh);
  return judged.map((cell) => {
    const position = reds.indexOf(cell);
    if (position < 0 || cell.outcome.kind !== 'regression' || confirmations[position] === true) return cell;
    const made = fresh[position]?.fresh.length ?? 0;
    const { why, evidence } = cell.outcome;
    const outcome: GateOutcome =
      made === 0
        ? { kind: 'suspected', why: `${why}; not yet confirmed on fresh launches`, evidence }
        : { kind: 'not-confirmed', why: `${why}; ${made} fresh launches did not repeat it`, evidence };
    return { ...cell, outcome };
  });
}

function withWaiver(cell: JudgedCell, run: GateRun): JudgedCell {
  if (cell.outcome.kind !== 'regression') return cell;
  const { evidence, why } = cell.outcome;
  const waiver = waiverFor(run.waivers, cell, evidence.lower ?? evidence.estimate, run.today);
  if (waiver === null) {
    const lapsed = lapseOf(run.waivers, cell, run.today);
    return lapsed === null ? cell : { ...cell, outcome: { ...cell.outcome, why: `${why}; ${lapsed}` } };
  }
  return {
    ...cell,
    outcome: {
      kind: 'waived',
      why: `${why}; waived until ${waiver.expires}: ${waiver.reason}`,
      evidence,
      waiver,
    },
  };
}

/** What a contaminated run may still say of a cell. Invalid stays: it fails closed. */
function withoutTrust(cell: JudgedCell, why: string): JudgedCell {
  if (cell.outcome.kind === 'invalid' || cell.outcome.kind === 'not-gated') return cell;
  return {
    ...cell,
    outcome: { kind: 'inconclusive', why: `contaminated: ${why}`, evidence: cell.outcome.evidence },
  };
}

function isIsolated(cell: JudgedCell, all: readonly JudgedCell[]): boolean {
  if (cell.outcome.kind !== 'regression') return false;
  const others = all.filter(
    (other) =>
      other.targetId === cell.targetId &&
      other.metric === cell.metric &&
      other.scenarioId !== cell.scenarioId,
  );
  return (
    others.length > 0 &&
    others.every(({ outcome }) => outcome.kind === 'pass' || outcome.kind === 'improvement')
  );
}

/** A confirmed regression stands whatever else went wrong; then a cell that cannot be judged fails the run closed. */
function verdictOf(cells: readonly JudgedCell[]): { verdict: GateVerdict; why: string } {
  const gated = cells.filter((cell) => !cell.advisory);
  const count = (...kinds: GateOutcome['kind'][]): number =>
    gated.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  const of = `of ${gated.length} gated ${gated.length === 1 ? 'cell' : 'cells'}`;
  if (gated.length === 0) return { verdict: 'invalid', why: 'no gated cell was declared' };
  if (count('regression') > 0) {
    return { verdict: 'regression', why: `${count('regression')} ${of} confirmed worse` };
  }
  if (count('invalid') > 0) return { verdict: 'invalid', why: `${count('invalid')} ${of} cannot be judged` };
  const open = count('inconclusive', 'suspected', 'not-confirmed');
  if (open > 0) return { verdict: 'inconclusive', why: `${open} ${of} undecided` };
  const waived = count('waived');
  const one = gated.length === 1;
  const note = waived === 0 ? '' : one ? ', by a waiver' : `, ${waived} of them by a waiver`;
  return {
    verdict: 'pass',
    why: `${one ? 'the one gated cell passes' : `all ${gated.length} gated cells pass`}${note}`,
  };
}

function zoneFor({ metric }: CellId, run: GateRun): Zone {
  return zoneOf(metric, run.profile, run.logicalCpus, run.limits?.[metric]);
}

function cellId({ targetId, scenarioId, metric }: CellId): CellId {
  return { targetId, scenarioId, metric };
}
