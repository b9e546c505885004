import type { MeasuredFigures } from '../../analysis/trial-reasons.ts';
import { measuredMetrics } from '../../analysis/trial-metrics.ts';
import { failures } from '../../model/counts.ts';
import type { SliceRecord } from '../../model/gate-record.ts';
import type { LoadRequest, MeasuredWindow } from '../../model/load.ts';
import type { RunningTarget } from '../../model/ports.ts';
import { type Reason, REASONS } from '../../model/reason.ts';
import type { Scenario } from '../../model/scenario.ts';
import { loadRequestOf } from '../load-request.ts';
import type { GatePorts, GateShape } from './ports.ts';

/** Load before the measured part of a slice, so that no slice holds the start of its own connections. */
export const RAMP_MS = 40;
const DRAIN_MS = 1_000;

export interface SliceInput {
  arm: SliceRecord['arm'];
  target: RunningTarget;
  scenario: Scenario;
  shape: GateShape;
  sliceMs: number;
  /** 0 where the start of the connections may be measured too, as in a warm-up. */
  rampMs: number;
  seed: number;
}

/** One slice: load on fresh connections, and the target's own resources over exactly the same stretch of time. */
export async function measureSlice(
  input: SliceInput,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<SliceRecord> {
  const { arm, target, scenario, shape } = input;
  const monitor = await ports.monitors.open(target, shape.cpus);
  const observations: Promise<Omit<MeasuredFigures, 'load'>>[] = [];
  const observer = {
    window: (window: MeasuredWindow): void => {
      const observation = monitor.observe(window, signal);
      // A failing monitor is reported where it is awaited, below; until then it must not count as unhandled.
      observation.catch(() => undefined);
      observations.push(observation);
    },
    progress: (): void => undefined,
  };
  const outcome = await ports.driver.run(sliceRequest(input), observer, signal);
  const observed = await observations[0];
  if (outcome.kind === 'aborted') return withoutFigures(arm, 'interrupted');
  if (outcome.kind === 'failed') return withoutFigures(arm, sentenceOf(outcome.reason));
  if (observed === undefined) return withoutFigures(arm, 'the driver announced no measured window');
  const measured = { load: outcome.result, ...observed };
  const reasons = [...measured.load.reasons, ...ports.judge(measured, { scenario, cpus: shape.cpus })];
  return sliceOf(arm, measured, reasons);
}

function sliceRequest({ target, scenario, shape, sliceMs, rampMs, seed }: SliceInput): LoadRequest {
  return {
    ...loadRequestOf(scenario, target.address, { workers: shape.driverWorkers, seed }),
    warmup: { minMs: rampMs, maxMs: rampMs },
    termination: { kind: 'duration', ms: sliceMs },
    drainMs: Math.min(scenario.drain, DRAIN_MS),
  };
}

function sliceOf(
  arm: SliceRecord['arm'],
  measured: MeasuredFigures,
  reasons: readonly Reason[],
): SliceRecord {
  const { load, machine } = measured;
  const metrics = measuredMetrics(measured);
  return {
    arm,
    requests: load.completedInWindow,
    errors: failures(load.counts),
    throughputRps: metrics.throughputRps.value,
    cpuUsPerRequest: metrics.cpuUsPerRequest.value,
    memoryRssMeanBytes: metrics.memoryRssMeanBytes.value,
    latencyP50Us: metrics.latencyP50Us.value,
    latencyP99Us: metrics.latencyP99Us.value,
    foreignCpuCores: machine.foreignCpuCores.value,
    cpuPressureShare: machine.cpuPressureShare.value,
    stealShare: machine.stealShare.value,
    driverCpuShare: load.driverLoad.cpuUtilization.value,
    driverBound: reasons.some(({ code }) => REASONS[code].effect === 'limits'),
    fault: faultOf(reasons),
  };
}

/**
 * Of all reasons, those that judge the figures by each other (no slice is left out for what it shows), and other work,
 * which is weighed later against that of its neighbours.
 */
const NO_FAULTS: readonly Reason['code'][] = ['NOISY_ENV', 'INCONSISTENT', 'NO_SAMPLES'];

/** What makes a slice worthless, whatever it shows. */
function faultOf(reasons: readonly Reason[]): string | null {
  const grave = reasons.find(({ code }) => {
    const { effect } = REASONS[code];
    return (effect === 'fails' || effect === 'invalidates') && !NO_FAULTS.includes(code);
  });
  return grave === undefined ? null : sentenceOf(grave);
}

function sentenceOf({ code, detail }: Reason): string {
  return `${code}: ${detail === '' ? REASONS[code].sentence : detail}`;
}

function withoutFigures(arm: SliceRecord['arm'], fault: string): SliceRecord {
  return {
    arm,
    requests: 0,
    errors: 0,
    throughputRps: null,
    cpuUsPerRequest: null,
    memoryRssMeanBytes: null,
    latencyP50Us: null,
    latencyP99Us: null,
    foreignCpuCores: null,
    cpuPressureShare: null,
    stealShare: null,
    driverCpuShare: null,
    driverBound: false,
    fault,
  };
}
