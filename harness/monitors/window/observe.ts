import type { Clock } from '../../base/clock.ts';
import { NS_PER_US, US_PER_MS } from '../../base/units.ts';
import type { MeasuredWindow } from '../../model/load.ts';
import { type MachineUsage, missing, type Reading, read, type ResourceUsage } from '../../model/resources.ts';
import type { Accounting } from '../accounting.ts';
import { cpuQuotaBetween, readCpuQuota } from '../kernel/cpu-quota.ts';
import type { KernelFiles } from '../kernel/kernel-files.ts';
import { machineUsage, snapshotMachine } from '../kernel/machine.ts';
import { resourceUsage, unreadUsage } from './resource-usage.ts';
import { type Sample, Sampler } from './sampler.ts';

const PERIOD_US = 100_000;
/** Looking for new processes lists all of /proc, so that it is done at every fifth sample only. */
const SAMPLES_PER_REFRESH = 5;
/** The looks at all processes of the machine, some ms, are over before the window begins. */
const LEAD_US = 20_000;
/** An end that was read later than both is worth a word: a share of the window, and what a timer may well take. */
const LATE_SHARE = 0.01;
const LATE_US = 5_000;

export interface Observed {
  resources: ResourceUsage;
  machine: MachineUsage;
}

export interface ObserveContext {
  clock: Clock;
  files: KernelFiles;
  accounting: Accounting;
  /** A process whose control groups may limit the target. */
  pid: number;
  /** PSI before any load. */
  pressureBefore: Reading;
  /** What is to be said about the choice of the accounting. */
  notes: readonly string[];
}

/**
 * Reads the counters as the window begins, ten times a second within it, and as it ends. An abort ends the window then
 * and there: what was seen until it is returned, which is also how a window of unknown length (`endUs` infinite) is closed.
 */
export async function observe(
  { clock, files, accounting, pid, pressureBefore, notes }: ObserveContext,
  window: MeasuredWindow,
  signal: AbortSignal,
): Promise<Observed> {
  const sampler = new Sampler(clock, files, accounting);
  try {
    await sleepUntil(clock, window.startUs - LEAD_US, signal);
    sampler.refresh();
    const machineBefore = snapshotMachine(files, clock, accounting.pids());
    await sleepUntil(clock, window.startUs, signal);
    if (signal.aborted) return unobserved(accounting.source, pressureBefore);
    const samples = [sampler.begin()];
    const quotaBefore = readCpuQuota(files, pid);
    samples.push(...(await sampleUntil(clock, sampler, window.endUs, signal)));
    const abortedUs = signal.aborted ? clock.monotonicUs() : Number.POSITIVE_INFINITY;
    samples.push(sampler.end());
    const quotaAfter = readCpuQuota(files, pid);
    const machineAfter = snapshotMachine(files, clock, accounting.pids());
    const resources = resourceUsage({
      source: accounting.source,
      samples,
      alive: accounting.alive(),
      stalePeak: sampler.stalePeak(),
      notes: [
        ...notes,
        ...accounting.notes(),
        ...latenessNotes(samples, { ...window, endUs: Math.min(window.endUs, abortedUs) }),
      ],
    });
    const machine = machineUsage(machineBefore, machineAfter, targetCores(resources));
    return {
      resources: { ...resources, ...cpuQuotaBetween(quotaBefore, quotaAfter) },
      machine: { ...machine, cpuPressureAvg10Before: pressureBefore },
    };
  } finally {
    sampler.close();
    accounting.close();
  }
}

function targetCores({ cpuNs, windowUs }: ResourceUsage): Reading {
  return cpuNs.value === null ? cpuNs : read(cpuNs.value / NS_PER_US / windowUs);
}

async function sampleUntil(
  clock: Clock,
  sampler: Sampler,
  endUs: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const beganUs = clock.monotonicUs();
  for (let nextUs = beganUs + PERIOD_US; nextUs < endUs; ) {
    await sleepUntil(clock, nextUs, signal);
    if (signal.aborted) return samples;
    if (clock.monotonicUs() >= endUs) return samples;
    if ((samples.length + 1) % SAMPLES_PER_REFRESH === 0) sampler.refresh();
    samples.push(sampler.sample());
    // A sample that was missed is left out, not made up for by two in a row.
    const missed = Math.max(0, Math.floor((clock.monotonicUs() - nextUs) / PERIOD_US));
    nextUs += (missed + 1) * PERIOD_US;
  }
  await sleepUntil(clock, endUs, signal);
  return samples;
}

/** Resolves at the given time, or at once when the signal aborts. */
async function sleepUntil(clock: Clock, untilUs: number, signal: AbortSignal): Promise<void> {
  for (let leftUs = untilUs - clock.monotonicUs(); leftUs > 0; leftUs = untilUs - clock.monotonicUs()) {
    if (signal.aborted) return;
    try {
      await clock.sleep(leftUs / US_PER_MS, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function latenessNotes(samples: readonly Sample[], { startUs, endUs }: MeasuredWindow): string[] {
  const firstUs = samples[0]?.atUs ?? startUs;
  const lastUs = samples.at(-1)?.atUs ?? endUs;
  const late = [
    { end: 'first', byUs: firstUs - startUs },
    { end: 'last', byUs: lastUs - endUs },
  ].filter(({ byUs }) => byUs > Math.max(LATE_US, (lastUs - firstUs) * LATE_SHARE));
  return late.map(({ end, byUs }) => `the window was ${end} read ${(byUs / US_PER_MS).toFixed(1)} ms late`);
}

function unobserved(source: string, pressureBefore: Reading): Observed {
  const none = missing('the observation ended before its window began');
  return {
    resources: unreadUsage(source, 0, 'the observation ended before its window began'),
    machine: {
      cpuPressureShare: none,
      cpuPressureAvg10Before: pressureBefore,
      stealShare: none,
      foreignCpuCores: none,
    },
  };
}
