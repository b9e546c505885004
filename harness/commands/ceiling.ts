import { calibrationOf } from '../analysis/ceiling.ts';
import { isoTime } from '../base/clock.ts';
import { derivedSeed } from '../base/random.ts';
import { ceilingServer } from '../engine/null-server/spec.ts';
import type { Calibration, CalibrationKey } from '../model/calibration.ts';
import type { LoadDriver } from '../model/ports.ts';
import { isOnlyLimited, verdictOf } from '../model/reason.ts';
import type { Scenario } from '../model/scenario.ts';
import { isMeasured, type MeasuredTrial, type Trial } from '../model/trial.ts';
import { runTrial } from '../session/run-trial.ts';
import type { Adapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import type { RunLayout } from './prepare-run.ts';

export interface CeilingInput {
  context: CommandContext;
  adapters: Adapters;
  layout: RunLayout;
  scenario: Scenario;
  driver: LoadDriver;
  rounds: number;
}

/** How long each part of one round takes; the null server has nothing to warm up but its compiler. */
const WARMUP_MS = 700;
const MEASURE_MS = 1_200;

export type CeilingOutcome =
  | { kind: 'calibrated'; calibration: Calibration }
  | { kind: 'failed'; why: string };

/** Measures the ceiling of one driver in one scenario: trials against the null server, on the CPUs of a run. */
export async function measureCeiling(input: CeilingInput): Promise<CeilingOutcome> {
  const trials: Trial[] = [];
  for (let round = 0; round < input.rounds && !input.context.interruption.signal.aborted; round++) {
    trials.push(await ceilingTrial(input, round));
  }
  const measured = trials.filter(
    (trial): trial is MeasuredTrial =>
      isMeasured(trial) && (trial.verdict === 'valid' || isOnlyLimited(trial.reasons)),
  );
  const calibration = calibrationOf(keyOf(input), measured, isoTime(input.context.clock));
  if (calibration !== null) return { kind: 'calibrated', calibration };
  const why = trials.flatMap(({ reasons }) =>
    reasons
      .filter((reason) => verdictOf([reason]) !== 'valid')
      .map(({ code, detail }) => `${code}: ${detail}`),
  );
  return { kind: 'failed', why: why[0] ?? 'nothing was measured' };
}

/** The conditions for which a calibration holds. */
export function keyOf({
  layout,
  scenario,
  driver,
}: Pick<CeilingInput, 'layout' | 'scenario' | 'driver'>): CalibrationKey {
  return {
    scenarioId: scenario.id,
    driver: driver.id,
    connections: scenario.connections,
    driverWorkers: Math.min(layout.driverWorkers, scenario.connections),
    driverCpus: layout.cpus.driver,
    targetCpus: layout.cpus.target,
  };
}

async function ceilingTrial(
  { context, adapters, layout, scenario, driver }: CeilingInput,
  round: number,
): Promise<Trial> {
  const spec = ceilingServer(scenario);
  const short = { ...scenario, warmup: WARMUP_MS, warmupMax: WARMUP_MS, measure: MEASURE_MS };
  const trial = {
    index: round,
    round,
    targetId: spec.id,
    scenarioId: scenario.id,
    seed: derivedSeed(1, round),
  };
  const ports = { ...adapters.trialPorts, clock: context.clock, listener: () => undefined };
  const launcher = adapters.processLauncher;
  return runTrial(
    {
      trial,
      spec,
      scenario: short,
      launcher,
      driver,
      sessionId: 'calibration',
      ...layout,
      ceilingRps: null,
      readyTimeoutMs: 10_000,
    },
    ports,
    context.interruption.signal,
  );
}
