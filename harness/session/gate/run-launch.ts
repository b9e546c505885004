import { type LaunchPlan, planBlocks } from '../../analysis/gate/plan.ts';
import { isoTime } from '../../base/clock.ts';
import { derivedSeed } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { LaunchRecord, MeasuredBlocks } from '../../model/gate-record.ts';
import type { Scenario } from '../../model/scenario.ts';
import { measurePair, type PairFindings } from './measure-pair.ts';
import type { GatePair, GatePorts, GateShape, Reference } from './ports.ts';
import { REFERENCE_WARMUP, WARMUP } from './warm-up.ts';

export interface LaunchInput {
  phase: LaunchRecord['phase'];
  plan: LaunchPlan;
  pair: GatePair;
  /** Those still open, each with its place in the gate: its blocks must not depend on which others are. */
  scenarios: readonly { scenario: Scenario; position: number }[];
  /** What the arms serve first, in every launch: the first scenario of the gate. */
  opening: Scenario;
  reference: Reference | null;
  shape: GateShape;
  seed: number;
}

/** One launch: the reference server against itself, then fresh processes of both arms in every open scenario. */
export async function runLaunch(
  input: LaunchInput,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<LaunchRecord> {
  const { phase, plan, pair, shape } = input;
  const startedAt = isoTime(ports.clock);
  const startUs = ports.clock.monotonicUs();
  const sentinel = await measureSentinel(input, ports, signal);
  const findings = await measurePair(
    {
      sides: { base: pair.base, head: pair.head },
      startOrder: plan.startOrder,
      paddingBytes: plan.paddingBytes,
      scenarios: input.scenarios.map(({ scenario, position }) => ({
        scenario,
        orders: planBlocks(input.seed, plan.index, position, shape.blocks),
      })),
      opening: input.opening,
      warmup: WARMUP,
      sliceMs: shape.sliceMs,
      shape,
      seed: derivedSeed(input.seed, plan.index),
    },
    ports,
    signal,
  );
  return {
    index: plan.index,
    phase,
    pairId: pair.id,
    startedAt,
    durationMs: Math.round((ports.clock.monotonicUs() - startUs) / US_PER_MS),
    startOrder: [...plan.startOrder],
    paddingBytes: { ...plan.paddingBytes },
    problem: sentinel.problem ?? findings.problem,
    scenarios: findings.measured,
    sentinel: sentinel.measured,
  };
}

async function measureSentinel(
  { plan, reference, shape, seed }: LaunchInput,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<{ problem: string | null; measured: MeasuredBlocks | null }> {
  if (reference === null) return { problem: null, measured: null };
  const { side, scenario } = reference;
  const { problem, measured }: PairFindings = await measurePair(
    {
      sides: { base: side, head: side },
      startOrder: plan.startOrder.toReversed(),
      paddingBytes: plan.paddingBytes,
      scenarios: [{ scenario, orders: plan.blocks }],
      opening: null,
      warmup: REFERENCE_WARMUP,
      sliceMs: shape.sliceMs,
      shape,
      seed: derivedSeed(seed, 50_000 + plan.index),
    },
    ports,
    signal,
  );
  const [first] = measured;
  if (problem !== null || first === undefined)
    return { problem: `reference ${problem ?? ''}`, measured: null };
  const { scenarioId: _, durationMs: __, ...blocks } = first;
  return { problem: null, measured: blocks };
}
