import { isoTime } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import type { Launcher, LoadDriver, SessionStore } from '../model/ports.ts';
import { isOnlyDisturbed } from '../model/reason.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Session } from '../model/session.ts';
import type { TargetSpec } from '../model/target.ts';
import type { PlannedTrial, Trial } from '../model/trial.ts';
import { estimatedTrialMs } from './plan.ts';
import { runTrial, type TrialPorts } from './run-trial.ts';

export interface SessionPorts extends TrialPorts {
  store: SessionStore;
  /** Waits a bounded time for other work on the machine to end. */
  waitForQuiet: (signal: AbortSignal) => Promise<void>;
}

/** A target of the plan with the launcher that was chosen for it. */
export interface LaunchableTarget {
  spec: TargetSpec;
  launcher: Launcher;
}

export interface LoadedScenario {
  scenario: Scenario;
  driver: LoadDriver;
  ceilingRps: number | null;
}

/** What the plan in a session refers to by id. */
export interface SessionInput {
  targets: ReadonlyMap<string, LaunchableTarget>;
  /** Scenarios, each with the driver chosen for it. */
  scenarios: ReadonlyMap<string, LoadedScenario>;
  readyTimeoutMs: number;
  /** How many trials may be repeated because other work disturbed them, so that a busy machine cannot double a run. */
  repeatsMax: number;
}

/**
 * Runs every planned trial that the session does not hold yet, saving after each, so that whatever happens, what was
 * measured is on disk and the rest can be resumed. An abort ends the running trial, keeps it as `aborted`, and returns.
 */
export async function runSession(
  session: Session,
  input: SessionInput,
  ports: SessionPorts,
  signal: AbortSignal,
): Promise<Session> {
  const pending = pendingTrials(session);
  let current: Session = { ...session, status: 'running' };
  await ports.store.save(current);
  ports.listener({
    kind: 'started',
    sessionId: session.id,
    trials: pending.length,
    estimatedMs: estimateMs(pending, input),
  });
  let repeatsLeft = input.repeatsMax;
  for (const [position, planned] of pending.entries()) {
    if (signal.aborted) break;
    const attempt = async (): Promise<Trial> => runPlanned(planned, current, input, ports, signal);
    const trial =
      repeatsLeft > 0 ? await repeatedIfDisturbed(attempt, planned, ports, signal) : await attempt();
    if (trial.firstAttempt.length > 0) repeatsLeft--;
    current = { ...current, trials: inPlanOrder([...current.trials, trial]) };
    await ports.store.save(current);
    ports.listener({
      kind: 'trial-ended',
      index: trial.index,
      verdict: trial.verdict,
      reasons: trial.reasons,
      throughputRps: throughputOf(trial),
      etaMs: estimateMs(pending.slice(position + 1), input),
    });
  }
  const status = signal.aborted || pendingTrials(current).length > 0 ? 'interrupted' : 'complete';
  const ended: Session = { ...current, status, endedAt: isoTime(ports.clock) };
  await ports.store.save(ended);
  return ended;
}

/** What is left to run: trials not there yet, and those that were aborted. */
export function pendingTrials(session: Session): PlannedTrial[] {
  const done = new Set(
    session.trials.filter((trial) => trial.verdict !== 'aborted').map((trial) => trial.index),
  );
  return session.plan.trials.filter((trial) => !done.has(trial.index));
}

/**
 * One automatic repeat of a trial that nothing but other work spoiled. That evidence does not depend on what the target
 * did, so repeating chooses nothing by its outcome; the record tells of the first attempt.
 */
async function repeatedIfDisturbed(
  attempt: () => Promise<Trial>,
  { targetId, scenarioId }: PlannedTrial,
  ports: SessionPorts,
  signal: AbortSignal,
): Promise<Trial> {
  const first = await attempt();
  if (!isOnlyDisturbed(first.reasons)) return first;
  ports.listener({ kind: 'notice', text: `${targetId} ${scenarioId}: other work disturbed it, once more` });
  await ports.waitForQuiet(signal);
  return signal.aborted ? first : { ...(await attempt()), firstAttempt: first.reasons };
}

async function runPlanned(
  planned: PlannedTrial,
  session: Session,
  input: SessionInput,
  ports: SessionPorts,
  signal: AbortSignal,
): Promise<Trial> {
  const target = input.targets.get(planned.targetId);
  const loaded = input.scenarios.get(planned.scenarioId);
  if (target === undefined || loaded === undefined) {
    throw new HarnessError(
      'BUG',
      `the plan names ${planned.targetId} x ${planned.scenarioId}, which is not loaded`,
    );
  }
  const { index, targetId, scenarioId, round } = planned;
  ports.listener({ kind: 'trial-started', index, targetId, scenarioId, round });
  return runTrial(
    {
      trial: planned,
      ...target,
      ...loaded,
      sessionId: session.id,
      cpus: session.plan.cpus,
      workers: session.plan.workers,
      driverWorkers: session.plan.driverWorkers,
      readyTimeoutMs: input.readyTimeoutMs,
    },
    ports,
    signal,
  );
}

/** Later attempts replace aborted ones of the same index. */
function inPlanOrder(trials: readonly Trial[]): Trial[] {
  const byIndex = new Map(trials.map((trial) => [trial.index, trial]));
  return [...byIndex.values()].toSorted((a, b) => a.index - b.index);
}

function estimateMs(trials: readonly PlannedTrial[], input: SessionInput): number {
  return trials.reduce((sum, { scenarioId }) => {
    const loaded = input.scenarios.get(scenarioId);
    return sum + (loaded === undefined ? 0 : estimatedTrialMs(loaded.scenario));
  }, 0);
}

function throughputOf(trial: Trial): number | null {
  if (trial.verdict === 'aborted' || trial.load === null) return null;
  const { window, completedInWindow } = trial.load;
  return (completedInWindow / (window.endUs - window.startUs)) * 1_000_000;
}
