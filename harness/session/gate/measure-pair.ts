import type { Arm, BlockOrder } from '../../analysis/gate/plan.ts';
import { armsOf } from '../../analysis/gate/plan.ts';
import { derivedSeed, secureToken } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { LaunchRecord, MeasuredBlocks, SliceRecord } from '../../model/gate-record.ts';
import type { RunningTarget } from '../../model/ports.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { GatePorts, GateShape, GateSide } from './ports.ts';
import { measureSlice, RAMP_MS } from './slice.ts';
import { MIN_ROUND_MS, MIN_WINDOW_MS, ruleFor, warmUpInTurn, type WarmupRule } from './warm-up.ts';

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

export interface PairFindings {
  /** Why there is less than was asked for, else null. */
  problem: string | null;
  measured: LaunchRecord['scenarios'];
}

type Running = Partial<Record<Arm, RunningTarget>>;

/** Whatever the servers do becomes part of the findings; nothing of them is left behind. */
export async function measurePair(
  input: PairInput,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<PairFindings> {
  const running: Running = {};
  const findings: PairFindings = { problem: null, measured: [] };
  try {
    findings.problem = await startBoth(input, running, signal);
    const { base, head } = running;
    if (findings.problem !== null || base === undefined || head === undefined) return findings;
    const alive = watch({ base, head });
    await openRounds(input, { base, head }, ports, signal);
    for (const { scenario, orders } of input.scenarios) {
      const served = servedSoFar(findings.measured);
      const startUs = ports.clock.monotonicUs();
      const blocks = await measureScenario(
        input,
        { base, head },
        { scenario, orders, served },
        ports,
        signal,
      );
      if (blocks.problem !== null || alive.death !== null || signal.aborted) {
        findings.problem = alive.death ?? blocks.problem ?? 'interrupted';
        break;
      }
      const durationMs = Math.round((ports.clock.monotonicUs() - startUs) / US_PER_MS);
      findings.measured.push({ scenarioId: scenario.id, durationMs, ...blocks.measured });
    }
    return findings;
  } finally {
    await Promise.all(Object.values(running).map((target) => target.stop()));
  }
}

/** Starts both sides in their order; null once both are ready and give the expected responses, else what is wrong. */
async function startBoth(input: PairInput, running: Running, signal: AbortSignal): Promise<string | null> {
  for (const arm of input.startOrder) {
    const problem = await startSide(input, arm, running, signal);
    if (problem !== null) return `${arm}: ${problem}`;
  }
  return null;
}

async function startSide(
  { sides, paddingBytes, scenarios, shape }: PairInput,
  arm: Arm,
  running: Running,
  signal: AbortSignal,
): Promise<string | null> {
  const { spec, launcher, probe } = sides[arm];
  const launched = await launcher.launch(padded(spec, paddingBytes[arm]), {
    workers: shape.workers,
    cpus: shape.cpus.disjoint ? shape.cpus.target : null,
    nonce: secureToken(),
    sessionId: shape.gateId,
  });
  if (launched.kind === 'failed') {
    return [`${launched.reason.code}: ${launched.reason.detail}`, ...launched.logTail.slice(-3)].join('; ');
  }
  running[arm] = launched.target;
  const ready = await probe.waitUntilReady(launched.target, shape.readyTimeoutMs, signal);
  if (ready.kind === 'failed') return `${ready.reason.code}: ${ready.reason.detail}`;
  for (const { scenario } of scenarios) {
    const checks = await probe.verifyScenario(launched.target, scenario, signal);
    const failed = checks.flatMap(({ id, result }) =>
      result.kind === 'fail' ? [`${id}: ${result.detail}`] : [],
    );
    if (failed.length > 0) return failed.join('; ');
  }
  return null;
}

/** A variable of random length moves the stack of the process, and with it what the layout of memory favours. */
function padded(spec: TargetSpec, bytes: number): TargetSpec {
  return {
    ...spec,
    run: { ...spec.run, env: { ...spec.run.env, HTTPDYNO_PADDING: 'x'.repeat(bytes) } },
  };
}

function watch(targets: Readonly<Record<Arm, RunningTarget>>): { death: string | null } {
  const watched: { death: string | null } = { death: null };
  for (const [arm, target] of Object.entries(targets)) {
    void target.exited.then(({ exitCode, signal, oomKilled }) => {
      const how = signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
      watched.death ??= `${arm}: ended under load with ${oomKilled ? 'lack of memory' : how}`;
      return watched;
    });
  }
  return watched;
}

/** Requests that each side has completed in the scenarios before. */
function servedSoFar(measured: readonly MeasuredBlocks[]): Record<Arm, number> {
  const served = { base: 0, head: 0 };
  for (const { warmupRequests, blocks } of measured) {
    for (const arm of ['base', 'head'] as const) served[arm] += warmupRequests[arm];
    for (const { arm, requests } of blocks.flat()) served[arm] += requests;
  }
  return served;
}

interface ScenarioTurn {
  scenario: Scenario;
  orders: readonly BlockOrder[];
  served: Readonly<Record<Arm, number>>;
}

/** Rounds of fresh connections that nothing is concluded from: a server that fails here fails again where it is judged. */
async function openRounds(
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

interface ScenarioFindings {
  problem: string | null;
  measured: MeasuredBlocks;
}

async function measureScenario(
  input: PairInput,
  targets: Readonly<Record<Arm, RunningTarget>>,
  { scenario, orders, served }: ScenarioTurn,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<ScenarioFindings> {
  let sliceNumber = 0;
  const { shape, sliceMs, warmup } = input;
  const measure = (arm: Arm, lengthMs: number, rampMs: number): Promise<SliceRecord> => {
    const seed = derivedSeed(input.seed, sliceNumber++);
    const slice = { arm, target: targets[arm], scenario, shape, sliceMs: lengthMs, rampMs, seed };
    return measureSlice(slice, ports, signal);
  };
  const windowMs = Math.max(MIN_WINDOW_MS, sliceMs * warmup.windowSlices);
  const rule = ruleFor(warmup, shape.maxWarmupWindows);
  const measured: MeasuredBlocks = {
    orders: [...orders],
    steady: { base: false, head: false },
    warmupRequests: { base: 0, head: 0 },
    blocks: [],
  };
  const findings = await warmUpInTurn(
    input.startOrder,
    (arm) => measure(arm, windowMs, 0),
    rule,
    served,
    signal,
  );
  for (const arm of input.startOrder) {
    const { requests, steady, problem } = findings[arm];
    measured.steady[arm] = steady;
    measured.warmupRequests[arm] = requests;
    if (problem !== null) return { problem: `${arm}: ${scenario.id}: ${problem}`, measured };
  }
  for (const order of orders) {
    const block: SliceRecord[] = [];
    for (const arm of armsOf(order)) {
      if (signal.aborted) return { problem: 'interrupted', measured };
      block.push(await measure(arm, sliceMs, RAMP_MS));
    }
    measured.blocks.push(block);
  }
  return { problem: null, measured };
}
