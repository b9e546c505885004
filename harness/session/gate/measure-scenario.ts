import { type Arm, armsOf, type BlockOrder, fitSlices } from '../../analysis/gate/plan.ts';
import { derivedSeed } from '../../base/random.ts';
import type { MeasuredBlocks, SliceRecord } from '../../model/gate-record.ts';
import type { RunningTarget } from '../../model/ports.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { GatePorts, PairInput } from './ports.ts';
import { measureSlice, RAMP_MS } from './slice.ts';
import { MIN_WINDOW_MS, ruleFor, type WarmupFinding, warmUpInTurn } from './warm-up.ts';

/** One scenario of a launch. */
export interface ScenarioTurn {
  scenario: Scenario;
  orders: readonly BlockOrder[];
  targets: Readonly<Record<Arm, RunningTarget>>;
  /** Requests that each arm has completed in the scenarios before. */
  served: Readonly<Record<Arm, number>>;
}

export interface ScenarioFindings {
  problem: string | null;
  measured: MeasuredBlocks;
}

type Measure = (arm: Arm, lengthMs: number, rampMs: number) => Promise<SliceRecord>;

/** Warms up both arms in turn, then loads them in the order of the blocks. */
export async function measureScenario(
  { startOrder, warmup, shape, sliceMs, seed }: PairInput,
  { scenario, orders, targets, served }: ScenarioTurn,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<ScenarioFindings> {
  let sliceNumber = 0;
  const measure: Measure = (arm, lengthMs, rampMs) => {
    const load = { arm, target: targets[arm], scenario, shape, sliceMs: lengthMs, rampMs };
    return measureSlice({ ...load, seed: derivedSeed(seed, sliceNumber++) }, ports, signal);
  };
  const windowMs = Math.max(MIN_WINDOW_MS, sliceMs * warmup.windowSlices);
  const findings = await warmUpInTurn(
    startOrder,
    (arm, times) => measure(arm, windowMs * times, 0),
    ruleFor(warmup, shape.maxWarmupWindows),
    served,
    signal,
  );
  const fitted = fitSlices({ sliceMs, orders }, slowerP50Us(findings));
  const measured: MeasuredBlocks = {
    orders: [...fitted.orders],
    ...(fitted.sliceMs === sliceMs ? {} : { sliceMs: fitted.sliceMs }),
    steady: { base: findings.base.steady, head: findings.head.steady },
    warmupRequests: { base: findings.base.requests, head: findings.head.requests },
    blocks: [],
  };
  const failed = startOrder.find((arm) => findings[arm].problem !== null);
  if (failed !== undefined) {
    return { problem: `${failed}: ${scenario.id}: ${findings[failed].problem ?? ''}`, measured };
  }
  for (const order of fitted.orders) {
    const block: SliceRecord[] = [];
    for (const arm of armsOf(order)) {
      if (signal.aborted) return { problem: 'interrupted', measured };
      block.push(await measure(arm, fitted.sliceMs, RAMP_MS));
    }
    measured.blocks.push(block);
  }
  return { problem: null, measured };
}

/** Both arms get slices of one length: it must not tell which of them is head. */
function slowerP50Us({ base, head }: Readonly<Record<Arm, WarmupFinding>>): number {
  return Math.max(base.latencyP50Us ?? 0, head.latencyP50Us ?? 0);
}
