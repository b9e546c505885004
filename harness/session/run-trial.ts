import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import { invariant } from '../base/errors.ts';
import { secureToken } from '../base/random.ts';
import type { JudgementContext, MeasuredFigures } from '../analysis/trial-reasons.ts';
import type { MeasuredWindow } from '../model/load.ts';
import type {
  Launcher,
  LoadDriver,
  LoadOutcome,
  LoadProgress,
  MonitorFactory,
  RunEvent,
  RunListener,
  RunningTarget,
  TargetProbe,
} from '../model/ports.ts';
import { type Reason, verdictOf } from '../model/reason.ts';
import type { Scenario } from '../model/scenario.ts';
import type { CpuLayout } from '../model/session.ts';
import type { TargetExit, TargetSpec } from '../model/target.ts';
import type { PlannedTrial, Trial } from '../model/trial.ts';
import { loadRequestOf } from './load-request.ts';

/** The adapters that a trial works through; commands choose them. */
export interface TrialPorts {
  clock: Clock;
  probe: TargetProbe;
  monitors: MonitorFactory;
  /** Judges a measured trial from its figures alone; pure. */
  judge(measured: MeasuredFigures, context: JudgementContext): Reason[];
  listener: RunListener;
}

export interface TrialInput {
  trial: PlannedTrial;
  spec: TargetSpec;
  scenario: Scenario;
  launcher: Launcher;
  driver: LoadDriver;
  sessionId: string;
  cpus: CpuLayout;
  /** WORKERS of the target, and threads of the driver. */
  workers: number;
  driverWorkers: number;
  /** Of the driver in this scenario, or null where it was not calibrated. */
  ceilingRps: number | null;
  readyTimeoutMs: number;
}

interface Findings {
  argv: readonly string[];
  readyAfterMs: number | null;
  reasons: Reason[];
  logTail: string[];
  measured: MeasuredFigures | null;
}

type Phase = Extract<RunEvent, { kind: 'phase' }>['phase'];

/** One trial: start, ready, verify, load, stop. Whatever the target does becomes part of the record; it never throws for it. */
export async function runTrial(input: TrialInput, ports: TrialPorts, signal: AbortSignal): Promise<Trial> {
  const startedAt = isoTime(ports.clock);
  const startUs = ports.clock.monotonicUs();
  const findings = await findOut(input, ports, signal);
  return toTrial(input, findings, {
    startedAt,
    durationMs: Math.round((ports.clock.monotonicUs() - startUs) / 1_000),
  });
}

async function findOut(input: TrialInput, ports: TrialPorts, signal: AbortSignal): Promise<Findings> {
  const enter = (phase: Phase): void => ports.listener({ kind: 'phase', index: input.trial.index, phase });
  enter('start');
  const launched = await input.launcher.launch(input.spec, {
    workers: input.workers,
    connections: input.scenario.connections,
    cpus: input.cpus.disjoint ? input.cpus.target : null,
    nonce: secureToken(),
    sessionId: input.sessionId,
  });
  if (launched.kind === 'failed') {
    const { argv, logTail, reason } = launched;
    return { argv, readyAfterMs: null, reasons: [reason], logTail, measured: null };
  }
  const { target } = launched;
  const findings: Findings = {
    argv: target.argv,
    readyAfterMs: null,
    reasons: [],
    logTail: [],
    measured: null,
  };
  try {
    await exercise(target, input, ports, findings, enter, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    findings.reasons.push(interrupted());
  } finally {
    enter('stop');
    const stopped = await target.stop();
    if (stopped.exit.oomKilled && !findings.reasons.some(({ code }) => code === 'OOM_KILLED')) {
      findings.reasons.push({
        code: 'OOM_KILLED',
        detail: 'a child of the target; its main process went on',
      });
    }
    if (stopped.killed) {
      findings.reasons.push({ code: 'STOPPED_BY_KILL', detail: 'SIGKILL after the grace period' });
    }
  }
  if (findings.reasons.length > 0) findings.logTail = target.logTail();
  return findings;
}

/** Ready, verify, load, judge; fills in what it finds and returns early where a step fails. */
async function exercise(
  target: RunningTarget,
  input: TrialInput,
  ports: TrialPorts,
  findings: Findings,
  enter: (phase: Phase) => void,
  signal: AbortSignal,
): Promise<void> {
  enter('ready');
  const ready = await ports.probe.waitUntilReady(target, input.readyTimeoutMs, signal);
  if (ready.kind === 'failed') {
    findings.reasons.push(signal.aborted ? interrupted() : ready.reason);
    return;
  }
  findings.readyAfterMs = ready.afterMs;

  enter('verify');
  const checks = await ports.probe.verifyScenario(target, input.scenario, signal);
  const failed = checks.flatMap(({ id, result }) =>
    result.kind === 'fail' ? [`${id}: ${result.detail}`] : [],
  );
  if (failed.length > 0) {
    findings.reasons.push(
      signal.aborted ? interrupted() : { code: 'VERIFY_FAILED', detail: failed.join('; ') },
    );
    return;
  }

  enter('warmup');
  const outcome = await loadAndObserve(target, input, ports, signal);
  if (outcome.kind === 'failed') findings.reasons.push(outcome.reason);
  else if (outcome.kind === 'aborted' || signal.aborted) findings.reasons.push(interrupted());
  else {
    const { measured, died } = outcome;
    findings.measured = measured;
    const { scenario, cpus, ceilingRps } = input;
    const context = { scenario, cpus, ceilingRps };
    if (died !== null) findings.reasons.push(died);
    findings.reasons.push(...measured.load.reasons, ...ports.judge(measured, context));
  }
}

type Exercised =
  | { kind: 'measured'; measured: MeasuredFigures; died: Reason | null }
  | Exclude<LoadOutcome, { kind: 'measured' }>;

/** Drives the load while the monitor watches exactly the window that the driver announces. */
async function loadAndObserve(
  target: RunningTarget,
  input: TrialInput,
  ports: TrialPorts,
  signal: AbortSignal,
): Promise<Exercised> {
  const monitor = await ports.monitors.open(target, input.cpus);
  const request = loadRequestOf(input.scenario, target.address, {
    workers: input.driverWorkers,
    seed: input.trial.seed,
  });
  const loadEnded = new AbortController();
  const observations: Promise<Omit<MeasuredFigures, 'load'>>[] = [];
  const deaths: Reason[] = [];
  void target.exited.then((exit) => deaths.push(deathOf(exit)));
  const observer = {
    window: (window: MeasuredWindow): void => {
      const observation = monitor.observe(window, AbortSignal.any([signal, loadEnded.signal]));
      // A failing monitor is reported where it is awaited, below; until then it must not count as unhandled.
      observation.catch(() => undefined);
      observations.push(observation);
    },
    progress: (progress: LoadProgress): void =>
      ports.listener({ kind: 'load', index: input.trial.index, progress }),
  };
  const outcome = await input.driver.run(request, observer, signal);
  // A window without an end of its own, as an amount of requests has, ends with the load.
  loadEnded.abort();
  const died = deaths[0] ?? null;
  if (outcome.kind !== 'measured') return died === null ? outcome : { kind: 'failed', reason: died };
  const observed = await observations[0];
  if (observed === undefined) {
    return {
      kind: 'failed',
      reason: { code: 'NO_SAMPLES', detail: 'the driver announced no measured window' },
    };
  }
  return { kind: 'measured', measured: { load: outcome.result, ...observed }, died };
}

function deathOf(exit: TargetExit): Reason {
  const how = exit.signal === null ? `exit code ${exit.exitCode ?? 'unknown'}` : `signal ${exit.signal}`;
  return exit.oomKilled
    ? { code: 'OOM_KILLED', detail: how }
    : { code: 'TARGET_DIED', detail: `ended under load with ${how}` };
}

function interrupted(): Reason {
  return { code: 'INTERRUPTED', detail: 'stopped before its end' };
}

function toTrial(
  input: TrialInput,
  findings: Findings,
  timing: { startedAt: string; durationMs: number },
): Trial {
  const base = {
    ...input.trial,
    ...timing,
    launcher: input.launcher.id,
    argv: [...findings.argv],
    readyAfterMs: findings.readyAfterMs,
    reasons: findings.reasons,
    firstAttempt: [],
    logTail: findings.logTail,
  };
  const verdict = verdictOf(findings.reasons);
  const { measured } = findings;
  if (verdict === 'aborted') return { verdict, ...base };
  if (verdict === 'valid' && measured !== null) return { verdict, ...base, ...measured };
  invariant(verdict !== 'valid', 'a trial without figures and without a reason');
  return { verdict, ...base, ...(measured ?? { load: null, resources: null, machine: null }) };
}
