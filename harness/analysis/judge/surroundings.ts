import { formatNumber, formatShare } from '../../base/units.ts';
import type { Reason } from '../../model/reason.ts';
import type { Evidence } from './measured.ts';

/**
 * Foreign work as a share of the CPUs that we use. From 3 % it can hide the smallest differences worth reporting; from
 * 10 % it is as large as the differences that a comparison is made for.
 */
const FOREIGN_WARNS = 0.03;
const FOREIGN_INVALIDATES = 0.1;
/** PSI `some`: share of time in which a runnable task waited for a CPU (Linux Documentation/accounting/psi). */
const PRESSURE_WARNS = 0.2;
const PRESSURE_INVALIDATES = 0.4;
const STEAL_WARNS = 0.05;

/** What the machine did besides: other work, the hypervisor, CPUs that target and driver had to share. */
export function judgeSurroundings(evidence: Evidence): Reason[] {
  const { machine, context } = evidence;
  const reasons = foreignWork(evidence);
  const steal = machine.stealShare.value;
  if (steal !== null && steal > STEAL_WARNS) {
    reasons.push({ code: 'STEAL', detail: `${formatShare(steal, 1)} of CPU time` });
  }
  if (!context.cpus.disjoint) {
    reasons.push({ code: 'SHARED_CPUS', detail: `both run on CPU ${context.cpus.target.join(', ')}` });
  }
  return [...reasons, ...partialResources(evidence)];
}

/**
 * Pressure alone accuses no one: a target with more threads than CPUs queues behind itself. Foreign CPU time alone does
 * no harm on a machine with idle CPUs. Only both together mean that others took CPU which target or driver wanted.
 * Where foreign time is not known, the pressure just before the trial, when neither ran, stands in for it.
 */
function foreignWork({ machine, context }: Evidence): Reason[] {
  const ours = new Set([...context.cpus.target, ...context.cpus.driver]).size;
  const before = machine.cpuPressureAvg10Before.value;
  const during = machine.cpuPressureShare.value;
  const foreign = machine.foreignCpuCores.value;
  if (foreign === null || ours === 0) {
    if (before === null) return [];
    const detail = `${formatNumber(before)} % CPU pressure before the trial (PSI some avg10)`;
    if (before / 100 > PRESSURE_INVALIDATES) return [{ code: 'NOISY_ENV', detail }];
    return before / 100 > PRESSURE_WARNS ? [{ code: 'ENV_BUSY', detail }] : [];
  }
  // A kernel without PSI cannot excuse foreign work: full pressure is assumed.
  const pressure = during ?? (before === null ? 1 : before / 100);
  const share = foreign / ours;
  const shown = during === null && before === null ? 'unknown' : formatShare(pressure, 0);
  const detail = `other work took ${formatNumber(foreign)} of ${ours} CPUs, CPU pressure ${shown}`;
  if (share > FOREIGN_INVALIDATES && pressure > PRESSURE_INVALIDATES) return [{ code: 'NOISY_ENV', detail }];
  return share > FOREIGN_WARNS && pressure > PRESSURE_WARNS ? [{ code: 'ENV_BUSY', detail }] : [];
}

function partialResources({ resources }: Evidence): Reason[] {
  const wanted = {
    'CPU time': resources.cpuNs,
    'mean memory': resources.memoryRssMeanBytes,
    'peak memory': resources.memoryRssPeakBytes,
  };
  const lacking = Object.entries(wanted).flatMap(([name, reading]) =>
    reading.value === null ? [`${name}: ${reading.missing}`] : [],
  );
  return lacking.length === 0 ? [] : [{ code: 'RESOURCES_PARTIAL', detail: lacking.join('; ') }];
}
