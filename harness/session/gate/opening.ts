import type { Arm } from '../../analysis/gate/plan.ts';
import { derivedSeed } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { RunningTarget } from '../../model/ports.ts';
import type { GatePorts, PairInput } from './ports.ts';
import { measureSlice } from './slice.ts';
import { MIN_ROUND_MS } from './warm-up.ts';

/** Rounds of fresh connections that nothing is concluded from: a server that fails here fails again where it is judged. */
export async function openRounds(
  { opening, warmup, shape, sliceMs, startOrder, seed }: PairInput,
  targets: Readonly<Record<Arm, RunningTarget>>,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<void> {
  if (opening === null) return;
  const { clock } = ports;
  const lengthMs = Math.max(MIN_ROUND_MS, sliceMs * warmup.roundSlices);
  const untilUs = clock.monotonicUs() + sliceMs * warmup.roundsSlicesMax * US_PER_MS;
  const rounds = Math.min(warmup.rounds, shape.maxWarmupWindows ?? warmup.rounds);
  for (let round = 0; round < rounds && clock.monotonicUs() < untilUs; round++) {
    for (const arm of startOrder) {
      if (signal.aborted) return;
      const load = { arm, target: targets[arm], scenario: opening, shape, sliceMs: lengthMs, rampMs: 0 };
      await measureSlice({ ...load, seed: derivedSeed(seed, 1_000 + round) }, ports, signal);
    }
  }
}
