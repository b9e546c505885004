import type { Arm, BlockOrder } from '../../analysis/gate/plan.ts';
import type { WarmupRule } from './warm-up.ts';
import type { JudgementContext, MeasuredFigures } from '../../analysis/trial-reasons.ts';
import type { Clock } from '../../base/clock.ts';
import type { GateRecord } from '../../model/gate-record.ts';
import type { Launcher, LoadDriver, MonitorFactory, TargetProbe } from '../../model/ports.ts';
import type { Reason } from '../../model/reason.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { CpuLayout } from '../../model/session.ts';
import type { TargetSpec } from '../../model/target.ts';

/** One side of a gate as it is started: servers that know nothing of our contract bring a probe of their own. */
export interface GateSide {
  spec: TargetSpec;
  launcher: Launcher;
  probe: TargetProbe;
}

/** Base and head of one target, with the scenarios that they serve. */
export interface GatePair {
  id: string;
  base: GateSide;
  head: GateSide;
}

/** The reference server, measured against itself in every launch. */
export interface Reference {
  side: GateSide;
  scenario: Scenario;
}

/** What a gate tells a person while it works. */
export type GateEvent =
  | { kind: 'launch-started'; pairId: string; phase: 'look' | 'confirm'; index: number; of: number }
  | { kind: 'launch-ended'; problem: string | null; open: number; elapsedMs: number }
  | { kind: 'notice'; text: string };

/** Keeps a gate record on disk: after each call what is there is complete and valid. */
export interface GateStore {
  save(record: GateRecord): Promise<void>;
  readonly folder: string;
}

/** The adapters that a gate works through; commands choose them. */
export interface GatePorts {
  clock: Clock;
  driver: LoadDriver;
  monitors: MonitorFactory;
  /** Judges measured figures alone; pure. */
  judge(measured: MeasuredFigures, context: JudgementContext): Reason[];
  store: GateStore;
  listener: (event: GateEvent) => void;
}

/** What does not change from launch to launch. */
export interface GateShape {
  gateId: string;
  sliceMs: number;
  /** Blocks of four slices in each scenario of a launch. */
  blocks: number;
  /** Windows of warm-up an arm at most; undefined leaves it to the rule. */
  maxWarmupWindows?: number | undefined;
  cpus: CpuLayout;
  workers: number;
  driverWorkers: number;
  readyTimeoutMs: number;
}

/** One meeting of two sides: both are started, warmed up, loaded in turn, and stopped. */
export interface PairInput {
  sides: Readonly<Record<Arm, GateSide>>;
  startOrder: readonly Arm[];
  paddingBytes: Readonly<Record<Arm, number>>;
  scenarios: readonly { scenario: Scenario; orders: readonly BlockOrder[] }[];
  /** What both serve first, whichever scenarios are measured: each launch then finds them with the same past. Null: nothing. */
  opening: Scenario | null;
  warmup: WarmupRule;
  sliceMs: number;
  shape: GateShape;
  seed: number;
}
