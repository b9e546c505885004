import { HarnessError } from '../base/errors.ts';
import { formatNumber } from '../base/units.ts';
import { type Calibration, sameConditions } from '../model/calibration.ts';
import type { LoadDriver } from '../model/ports.ts';
import type { DriverChoice } from '../model/session.ts';
import type { TryOut } from '../session/choose-driver.ts';
import { runTrial } from '../session/run-trial.ts';
import { readCalibrations, storeCalibrations } from '../store/calibrations.ts';
import type { Adapters } from './adapters.ts';
import { type CeilingInput, keyOf, measureCeiling } from './ceiling.ts';
import { driverOfEach } from './driver-choice.ts';
import { type PreparedRun, resultsFolder } from './prepare-run.ts';

/** The driver of each scenario, chosen by short try-outs where there is a choice, with its ceiling on this machine. */
export async function settleDrivers(
  prepared: PreparedRun,
  candidates: readonly LoadDriver[],
  adapters: Adapters,
): Promise<DriverChoice[]> {
  const { runnable, scenarios, options, context } = prepared;
  const served = scenarios.map((scenario) => ({
    scenario,
    targetIds: runnable.filter(({ spec }) => spec.scenarios.includes(scenario.id)).map(({ spec }) => spec.id),
  }));
  const choices = await driverOfEach(candidates, options.driver, served, tryOutOf(prepared, adapters));
  const settled: DriverChoice[] = [];
  for (const choice of choices) {
    const scenario = scenarios.find(({ id }) => id === choice.scenarioId);
    const driver = adapters.drivers.get(choice.driver);
    if (scenario === undefined || driver === undefined)
      throw new HarnessError('BUG', `no such choice: ${choice.driver}`);
    const input = { context, adapters, layout: prepared.layout, scenario, driver, rounds: 1 };
    settled.push({ ...choice, ceilingRps: await ceilingRps(prepared, input) });
  }
  return settled;
}

function tryOutOf({ context, options, layout, runnable }: PreparedRun, adapters: Adapters): TryOut {
  return async (targetId, scenario, driver) => {
    const target = runnable.find(({ spec }) => spec.id === targetId);
    if (target === undefined) throw new HarnessError('BUG', `a try-out of ${targetId}, which is not loaded`);
    context.err(`try-out: ${driver.id} on ${targetId} ${scenario.id}\n`);
    const trial = { index: 0, round: 0, targetId, scenarioId: scenario.id, seed: 0 };
    const settings = { sessionId: 'try-out', ceilingRps: null, readyTimeoutMs: options.readyTimeout };
    const ports = { ...adapters.trialPorts, clock: context.clock, listener: () => undefined };
    return runTrial(
      { trial, ...target, scenario, driver, ...layout, ...settings },
      ports,
      context.interruption.signal,
    );
  };
}

/** The stored ceiling for these conditions, else a short calibration now; null where it cannot be taken. */
async function ceilingRps(prepared: PreparedRun, input: CeilingInput): Promise<number | null> {
  const { context, environment } = prepared;
  const { fingerprint } = environment;
  const results = resultsFolder(prepared);
  const key = keyOf(input);
  const stored = (await readCalibrations(results, fingerprint)).find((entry) => sameConditions(entry, key));
  if (stored !== undefined) return measuredCeiling(stored);
  context.err(`calibrating ${input.driver.id} ${input.scenario.id} against a server that does nothing\n`);
  const outcome = await measureCeiling(input);
  if (outcome.kind === 'failed') {
    if (!context.interruption.signal.aborted) context.err(`not calibrated: ${outcome.why}\n`);
    return null;
  }
  const { calibration } = outcome;
  await storeCalibrations(results, { fingerprint, harnessVersion: context.version }, [calibration]);
  context.err(
    `ceiling of ${calibration.driver}: ${formatNumber(calibration.ceilingRps)} req/s (${calibration.ceilingIs})\n`,
  );
  return measuredCeiling(calibration);
}

/** An extrapolated ceiling says no more than the driver's own CPU does, which every trial is judged by anyway. */
function measuredCeiling({ ceilingRps: rps, ceilingIs }: Calibration): number | null {
  return ceilingIs === 'measured' ? rps : null;
}
