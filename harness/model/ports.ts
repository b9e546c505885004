import type { LoadRequest, LoadResult, MeasuredWindow } from './load.ts';
import type { Reason } from './reason.ts';
import type { MachineUsage, ResourceUsage } from './resources.ts';
import type { Scenario } from './scenario.ts';
import type { CpuLayout, MeasuredTarget, Session } from './session.ts';
import type { Summary } from './summary.ts';
import type { LauncherId, ResourceScope, TargetAddress, TargetExit, TargetSpec } from './target.ts';

/** What a driver tells while it works. */
export interface LoadObserver {
  /** The measured window, announced before it begins (or as it begins, where a driver cannot know sooner). */
  window(window: MeasuredWindow): void;
  progress(progress: LoadProgress): void;
}

export interface LoadProgress {
  phase: 'warmup' | 'measure' | 'drain';
  /** Within the phase. */
  elapsedMs: number;
  throughputRps: number;
  latencyMeanUs: number | null;
}

export type LoadOutcome =
  | { kind: 'measured'; result: LoadResult }
  /** The driver could not do its work; `reason` says why (a worker died, no such binary, …). */
  | { kind: 'failed'; reason: Reason }
  | { kind: 'aborted' };

export interface LoadDriver {
  readonly id: string;
  /** For reports: what this driver is, with its version and what it cannot tell. */
  readonly label: string;
  readonly loops: readonly ('closed' | 'open')[];
  /** Null when it can work here, else one sentence. */
  unavailable(): Promise<string | null>;
  /** Warm-up, measure, drain. Never throws for what the target does; ends by itself; stops early on abort. */
  run(request: LoadRequest, observer: LoadObserver, signal: AbortSignal): Promise<LoadOutcome>;
}

export interface LaunchOptions {
  workers: number;
  /** That the load will hold open, where that is known. */
  connections?: number;
  cpus: readonly number[] | null;
  nonce: string;
  /** Identifies the session in labels and environment, for the sweep of leftovers. */
  sessionId: string;
}

export interface RunningTarget {
  readonly spec: TargetSpec;
  readonly launcher: LauncherId;
  readonly address: TargetAddress;
  readonly nonce: string;
  readonly argv: readonly string[];
  readonly scope: ResourceScope;
  /** Resolves when the target has ended, for whatever cause. */
  readonly exited: Promise<TargetExit>;
  logTail(): string[];
  /** SIGTERM, grace, SIGKILL, of the whole group or container; resolves when nothing of it is left. */
  stop(): Promise<StoppedTarget>;
}

export interface StoppedTarget {
  exit: TargetExit;
  /** True where SIGTERM was not enough. */
  killed: boolean;
}

export type LaunchOutcome =
  | { kind: 'running'; target: RunningTarget }
  | { kind: 'failed'; reason: Reason; logTail: string[]; argv: string[] };

export type Readiness = { kind: 'ready'; afterMs: number } | { kind: 'failed'; reason: Reason };

export interface Launcher {
  readonly id: LauncherId;
  /** Null when this launcher can start the target here, else the sentence that says what is missing and how to get it. */
  unavailable(spec: TargetSpec): Promise<string | null>;
  describe(spec: TargetSpec): Promise<MeasuredTarget>;
  launch(spec: TargetSpec, options: LaunchOptions): Promise<LaunchOutcome>;
  /** Ends leftovers of dead sessions that bear our label, and nothing else; returns a line for each. */
  sweep(): Promise<string[]>;
}

export interface ConformanceCheck {
  id: string;
  title: string;
  result: { kind: 'pass' } | { kind: 'fail'; detail: string };
  durationMs: number;
}

/** Questions asked of a running target before any load. */
export interface TargetProbe {
  /** Polls until the target answers as itself, its process ends, or the deadline passes. */
  waitUntilReady(target: RunningTarget, deadlineMs: number, signal: AbortSignal): Promise<Readiness>;
  /** The few checks that precede each trial: identity, and the exact expected response of the scenario. */
  verifyScenario(target: RunningTarget, scenario: Scenario, signal: AbortSignal): Promise<ConformanceCheck[]>;
}

/** Watches one target over one window. */
export interface ResourceMonitor {
  /** Reads counters at both ends of the window and samples in between; resolves after the window, or when aborted, with what it has by then. */
  observe(
    window: MeasuredWindow,
    signal: AbortSignal,
  ): Promise<{ resources: ResourceUsage; machine: MachineUsage }>;
}

export interface MonitorFactory {
  /** Prepares the monitor of a running target, before load. */
  open(target: RunningTarget, layout: CpuLayout): Promise<ResourceMonitor>;
}

/** Keeps a session on disk: after each call what is there is complete and valid. */
export interface SessionStore {
  save(session: Session): Promise<void>;
  /** Where the session's files stand, for messages. */
  readonly folder: string;
}

/** What a run tells a person or a program while it works. */
export type RunEvent =
  | { kind: 'started'; sessionId: string; trials: number; estimatedMs: number }
  | { kind: 'skipped'; targetId: string; why: string }
  | { kind: 'trial-started'; index: number; targetId: string; scenarioId: string; round: number }
  | {
      kind: 'phase';
      index: number;
      phase: 'start' | 'ready' | 'verify' | 'warmup' | 'measure' | 'drain' | 'stop';
    }
  | { kind: 'load'; index: number; progress: LoadProgress }
  | {
      kind: 'trial-ended';
      index: number;
      verdict: string;
      reasons: Reason[];
      throughputRps: number | null;
      etaMs: number;
    }
  | { kind: 'notice'; text: string };

export type RunListener = (event: RunEvent) => void;

/** A report is a pure function of the record and its summary. */
export interface Report {
  session: Session;
  summary: Summary;
}

export interface Reporter {
  readonly id: string;
  /** File that the rendering is written to, within the session's folder. */
  readonly fileName: string;
  render(report: Report): string;
}
