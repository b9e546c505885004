import type { Arm } from '../../analysis/gate/plan.ts';
import { secureToken } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { LaunchRecord, MeasuredBlocks } from '../../model/gate-record.ts';
import type { RunningTarget } from '../../model/ports.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { GatePorts, PairInput } from './ports.ts';
import { measureScenario } from './measure-scenario.ts';
import { openRounds } from './opening.ts';

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
      const turn = { scenario, orders, targets: { base, head }, served };
      const blocks = await measureScenario(input, turn, ports, signal);
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
