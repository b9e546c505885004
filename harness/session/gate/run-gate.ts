import { isUndecided } from '../../analysis/gate/cell.ts';
import { gateRunOf } from '../../analysis/gate/from-record.ts';
import { type LaunchPlan, planLaunches } from '../../analysis/gate/plan.ts';
import { CONFIRMATION_LOOKS } from '../../analysis/gate/profile.ts';
import { judgeGate } from '../../analysis/gate/verdict.ts';
import { isoTime } from '../../base/clock.ts';
import { derivedSeed } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { GateRecord, LaunchRecord } from '../../model/gate-record.ts';
import type { GateReport } from '../../model/gate-report.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { GatePair, GatePorts, GateShape, Reference } from './ports.ts';
import { runLaunch } from './run-launch.ts';

export interface GateInput {
  pairs: readonly GatePair[];
  scenarios: readonly Scenario[];
  reference: Reference | null;
  shape: GateShape;
}

/** A server that fails this often before it was measured once will not do better the next time. */
const HOPELESS_FAILURES = 2;
/** Separates the chance of the confirmation from that of the looks. */
const CONFIRMATION_STREAM = 4_242;
const MS_PER_MINUTE = 60_000;

/**
 * Launch after launch until every cell is decided or the budget of minutes is spent; then fresh launches of what looks
 * red. Saves after each, so that a crash loses nothing measured. An abort keeps all launches that were whole. Launches that
 * the record holds already are not made again: a run that was cut off goes on where it ended.
 */
export async function runGate(
  record: GateRecord,
  input: GateInput,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<GateRecord> {
  const run = new GateRunner(record, input, ports, signal);
  await ports.store.save(record);
  await run.look();
  await run.confirm();
  return run.end();
}

class GateRunner {
  #record: GateRecord;
  readonly #input: GateInput;
  readonly #ports: GatePorts;
  readonly #signal: AbortSignal;
  readonly #startUs: number;
  readonly #spentBeforeMs: number;

  constructor(record: GateRecord, input: GateInput, ports: GatePorts, signal: AbortSignal) {
    this.#record = record;
    this.#input = input;
    this.#ports = ports;
    this.#signal = signal;
    this.#startUs = ports.clock.monotonicUs();
    this.#spentBeforeMs = record.launches.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }

  /** With the launches of before, where this goes on with a run that was begun. */
  get #elapsedMs(): number {
    return this.#spentBeforeMs + (this.#ports.clock.monotonicUs() - this.#startUs) / US_PER_MS;
  }

  async look(): Promise<void> {
    const { looks, seed, budgetMinutes } = this.#record.settings;
    for (const plan of planLaunches(seed, looks.at(-1) ?? 0)) {
      for (const pair of this.#input.pairs) {
        if (this.#isMade('look', plan, pair)) continue;
        const open = this.#openScenarios(pair);
        if (open.length === 0 || this.#isHopeless(pair)) continue;
        if (this.#signal.aborted) return;
        if (this.#elapsedMs > budgetMinutes * MS_PER_MINUTE) {
          this.#ports.listener({ kind: 'notice', text: `the budget of ${budgetMinutes} minutes is spent` });
          return;
        }
        await this.#launch('look', plan, pair, open, seed);
      }
    }
  }

  /** Fresh launches of the scenarios that look red, on top of the budget: a red is never left unexamined. */
  async confirm(): Promise<void> {
    const seed = derivedSeed(this.#record.settings.seed, CONFIRMATION_STREAM);
    for (const plan of planLaunches(seed, CONFIRMATION_LOOKS.at(-1) ?? 0)) {
      for (const pair of this.#input.pairs) {
        if (this.#isMade('confirm', plan, pair)) continue;
        const red = this.#redScenarios(pair, plan.index);
        if (red.length === 0 || this.#signal.aborted) continue;
        await this.#launch('confirm', plan, pair, red, seed);
      }
    }
  }

  async end(): Promise<GateRecord> {
    this.#record = {
      ...this.#record,
      status: this.#signal.aborted ? 'interrupted' : 'complete',
      endedAt: isoTime(this.#ports.clock),
      report: judgeGate(gateRunOf(this.#record)),
    };
    await this.#ports.store.save(this.#record);
    return this.#record;
  }

  async #launch(
    phase: LaunchRecord['phase'],
    plan: LaunchPlan,
    pair: GatePair,
    scenarios: readonly Scenario[],
    seed: number,
  ): Promise<void> {
    const { listener, store } = this.#ports;
    const of = (phase === 'look' ? this.#record.settings.looks.at(-1) : CONFIRMATION_LOOKS.at(-1)) ?? 0;
    listener({ kind: 'launch-started', pairId: pair.id, phase, index: plan.index, of });
    const placed = scenarios.map((scenario) => ({
      scenario,
      position: this.#input.scenarios.indexOf(scenario),
    }));
    const { reference, shape } = this.#input;
    const [opening = scenarios[0]] = this.#input.scenarios;
    if (opening === undefined) return;
    const launch = await runLaunch(
      { phase, plan, pair, scenarios: placed, opening, reference, shape, seed },
      this.#ports,
      this.#signal,
    );
    if (this.#signal.aborted) return;
    this.#record = { ...this.#record, launches: [...this.#record.launches, launch] };
    this.#record = { ...this.#record, report: judgeGate(gateRunOf(this.#record)) };
    await store.save(this.#record);
    listener({
      kind: 'launch-ended',
      problem: launch.problem,
      open: this.#openScenarios(pair).length,
      elapsedMs: this.#elapsedMs,
    });
  }

  /** The verdict without the sentinel: whether a cell needs more launches does not depend on it. */
  #judged(): GateReport {
    return judgeGate({ ...gateRunOf(this.#record), sentinel: [], waivers: [] });
  }

  #openScenarios(pair: GatePair): Scenario[] {
    const { looks } = this.#record.settings;
    const cells = this.#judged().cells.filter(({ targetId, advisory }) => targetId === pair.id && !advisory);
    return this.#input.scenarios.filter((scenario) =>
      cells
        .filter(({ scenarioId }) => scenarioId === scenario.id)
        .some((cell) => {
          const usable = cell.launches.filter(({ d }) => d !== null).length;
          // Suspected counts as decided here: fresh launches, not more of these, are what it needs.
          const { outcome } = cell;
          if (outcome.kind !== 'inconclusive' && outcome.kind !== 'invalid') return usable < (looks[0] ?? 0);
          return isUndecided(
            outcome.kind === 'invalid'
              ? { kind: 'invalid', why: outcome.why }
              : { ...outcome, kind: 'inconclusive' },
            usable,
            looks,
          );
        }),
    );
  }

  #redScenarios(pair: GatePair, launchesMade: number): Scenario[] {
    const { cells } = this.#judged();
    const red = cells.filter(
      ({ targetId, advisory, outcome }) =>
        targetId === pair.id &&
        !advisory &&
        (outcome.kind === 'suspected' ||
          (outcome.kind === 'not-confirmed' && launchesMade < (CONFIRMATION_LOOKS.at(-1) ?? 0))),
    );
    return this.#input.scenarios.filter(({ id }) => red.some(({ scenarioId }) => scenarioId === id));
  }

  #isMade(phase: LaunchRecord['phase'], { index }: LaunchPlan, { id }: GatePair): boolean {
    return this.#record.launches.some(
      (launch) => launch.phase === phase && launch.index === index && launch.pairId === id,
    );
  }

  #isHopeless(pair: GatePair): boolean {
    const launches = this.#record.launches.filter(({ pairId }) => pairId === pair.id);
    return launches.length >= HOPELESS_FAILURES && launches.every(({ problem }) => problem !== null);
  }
}
