import { formatNumber, formatShare, NS_PER_US } from '../../base/units.ts';
import type { Reason } from '../../model/reason.ts';
import type { Evidence } from './measured.ts';

/** A worker thread with less than 5 % of its CPU left, or 2 % of its event loop, waits for itself and not for the target. */
const DRIVER_CPU_FULL = 0.95;
const DRIVER_LOOP_FULL = 0.98;
/**
 * A worker that waits for a CPU so much that with what it got it would have filled one is as full as it can be: a quota or
 * other work holds it back. Measured with the driver capped to a fifth of a CPU: 0.88 to 0.96; with the target capped: 0.31 to 0.37.
 */
const DRIVER_WAITS = 0.2;
const DRIVER_CPU_WANTED = 0.85;
const TARGET_CPU_FULL = 0.95;
/**
 * A target that its quota stops in most periods waits for the next one, however little it used on average: a quota is cut
 * into slices for each CPU, of which some may go unused.
 */
const TARGET_THROTTLED = 0.5;
const CEILING_SHARE = 0.8;

/** Who set the figure: the target, the driver, or both. */
export function judgeSaturation(evidence: Evidence): Reason[] {
  return [...driverSaturated(evidence), ...nearCeiling(evidence), ...targetSaturated(evidence)];
}

/**
 * A full driver is flagged whether or not the target had CPU left: when both are full, nothing tells which of them set
 * the figure, so it remains a lower bound. In an open loop the driver spins while it waits for the next start, so its CPU
 * says nothing there, and its event loop, idle spinning left out, says it all.
 */
function driverSaturated(evidence: Evidence): Reason[] {
  const { cpuUtilization, eventLoopUtilization, cpuWaitShare } = evidence.load.driverLoad;
  const full: string[] = [];
  const spins = evidence.load.loop.kind === 'open';
  if (!spins && cpuUtilization.value !== null && cpuUtilization.value >= DRIVER_CPU_FULL) {
    full.push(`CPU ${formatShare(cpuUtilization.value, 0)}`);
  }
  const wanted = (cpuUtilization.value ?? 0) + (cpuWaitShare.value ?? 0);
  if (
    !spins &&
    full.length === 0 &&
    (cpuWaitShare.value ?? 0) >= DRIVER_WAITS &&
    wanted >= DRIVER_CPU_WANTED
  ) {
    full.push(
      `CPU ${formatShare(cpuUtilization.value ?? 0, 0)}, and waiting for one ${formatShare(cpuWaitShare.value ?? 0, 0)} of the time`,
    );
  }
  if (eventLoopUtilization.value !== null && eventLoopUtilization.value >= DRIVER_LOOP_FULL) {
    full.push(`event loop ${formatShare(eventLoopUtilization.value, 0)}`);
  }
  if (full.length === 0) return [];
  const detail = `busiest load worker: ${full.join(', ')}; ${targetCpu(evidence)}`;
  return [{ code: 'DRIVER_SATURATED', detail }];
}

function nearCeiling({ load, context, windowUs }: Evidence): Reason[] {
  const ceiling = context.ceilingRps ?? null;
  if (ceiling === null || ceiling <= 0 || windowUs <= 0) return [];
  const rate = (load.completedInWindow / windowUs) * 1e6;
  const share = rate / ceiling;
  if (share < CEILING_SHARE) return [];
  const detail = `${formatNumber(rate)} req/s is ${formatShare(share, 0)} of the calibrated ${formatNumber(ceiling)} req/s`;
  return [{ code: 'NEAR_DRIVER_CEILING', detail }];
}

function targetSaturated(evidence: Evidence): Reason[] {
  const cores = targetCores(evidence);
  const allowed = allowedCores(evidence);
  const isFull = cores !== null && allowed > 0 && cores >= TARGET_CPU_FULL * allowed;
  if (!isFull && throttledShare(evidence) < TARGET_THROTTLED) return [];
  return [{ code: 'TARGET_SATURATED', detail: targetCpu(evidence) }];
}

/** What the CPUs of the target and its quota let it use. */
function allowedCores({ context, resources }: Evidence): number {
  return Math.min(context.cpus.target.length, resources.cpuQuota?.cores ?? Number.POSITIVE_INFINITY);
}

function throttledShare({ resources }: Evidence): number {
  return resources.cpuQuota?.throttledShare.value ?? 0;
}

function targetCpu(evidence: Evidence): string {
  const cores = targetCores(evidence);
  if (cores === null) return "the target's CPU is unknown";
  const allowed = allowedCores(evidence);
  const limit = Number.isInteger(allowed) ? String(allowed) : formatNumber(allowed);
  const used = `the target used ${formatNumber(cores)} of ${limit} ${allowed === 1 ? 'CPU' : 'CPUs'}`;
  const throttled = throttledShare(evidence);
  return throttled === 0
    ? used
    : `${used}, and its quota stopped it in ${formatShare(throttled, 0)} of its periods`;
}

function targetCores({ resources }: Evidence): number | null {
  const { cpuNs, windowUs } = resources;
  return cpuNs.value === null || windowUs <= 0 ? null : cpuNs.value / NS_PER_US / windowUs;
}
