import { NS_PER_US, US_PER_MS } from '../../base/units.ts';
import { missing, type Reading, read, type ResourceUsage } from '../../model/resources.ts';
import { type Attempt, difference, toReading } from '../kernel/readable.ts';
import type { Sample } from './sampler.ts';

/** All that was seen of a target over one window; the first and the last sample are its ends. */
export interface Observation {
  source: string;
  samples: readonly Sample[];
  /** False where nothing of the target was left at the end. */
  alive: boolean;
  /** Why the high-water mark of memory may date from before the window, or null. */
  stalePeak: string | null;
  notes: readonly string[];
}

/** The record of a window of which nothing could be read. */
export function unreadUsage(source: string, windowUs: number, reason: string): ResourceUsage {
  const none = missing(reason);
  return {
    source,
    windowUs,
    cpuNs: none,
    cpuUserNs: none,
    cpuSystemNs: none,
    memoryRssMeanBytes: none,
    memoryRssPeakBytes: none,
    pageCacheBytes: none,
    threads: none,
    series: [],
    notes: [],
  };
}

/** Figures of a window from its samples: CPU between the two ends, memory over all samples. */
export function resourceUsage(observation: Observation): ResourceUsage {
  const { source, samples, alive, notes } = observation;
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) {
    return unreadUsage(source, 0, 'the window ended before it could be read');
  }
  const windowUs = last.atUs - first.atUs;
  const series = seriesOf(samples);
  if (!alive) {
    const reason = 'the target ended inside the window';
    const note = `nothing of the target was left ${Math.round(windowUs / US_PER_MS)} ms after the window began`;
    return { ...unreadUsage(source, windowUs, reason), series, notes: [...notes, note] };
  }
  const threads = last.memory.ok ? read(last.memory.value.threads) : missing(last.memory.reason);
  return {
    source,
    windowUs,
    ...cpuOf(first, last),
    memoryRssMeanBytes: meanRss(samples),
    memoryRssPeakBytes: peakRss(samples),
    pageCacheBytes: last.charged === null ? missing('not read') : cacheOf(last.charged),
    threads,
    series,
    notes: [...notes, ...memoryNotes(observation), ...oomNotes(first, last)],
  };
}

function cpuOf(first: Sample, last: Sample): Pick<ResourceUsage, 'cpuNs' | 'cpuUserNs' | 'cpuSystemNs'> {
  const cpuNs = difference(first.cpu, last.cpu, ({ totalNs }) => totalNs);
  if (!first.cpu.ok || !last.cpu.ok || cpuNs.value === null) {
    return { cpuNs, cpuUserNs: cpuNs, cpuSystemNs: cpuNs };
  }
  const [before, after] = [first.cpu.value, last.cpu.value];
  if (after.userNs === null || after.systemNs === null) {
    const none = missing('the kernel has not divided the CPU time into user and system');
    return { cpuNs, cpuUserNs: none, cpuSystemNs: none };
  }
  const userNs = after.userNs - (before.userNs ?? 0);
  const systemNs = after.systemNs - (before.systemNs ?? 0);
  // The split is sampled by ticks and need not add up to the exact total: it is scaled to it.
  const scale = userNs + systemNs > 0 ? cpuNs.value / (userNs + systemNs) : 0;
  return { cpuNs, cpuUserNs: read(userNs * scale), cpuSystemNs: read(systemNs * scale) };
}

/** Resident bytes of one sample: of its processes, else what the control group holds of anonymous memory. */
function rssOf({ memory, charged }: Sample): Attempt<number> {
  if (memory.ok) return { ok: true, value: memory.value.rssBytes };
  return charged?.ok ? { ok: true, value: charged.value.anonBytes } : { ok: false, reason: memory.reason };
}

function meanRss(samples: readonly Sample[]): Reading {
  const values = samples.flatMap((sample) => {
    const rss = rssOf(sample);
    return rss.ok ? [rss.value] : [];
  });
  const unread = samples.length - values.length;
  if (unread > samples.length / 10) {
    const reason = samples.map(rssOf).find((rss) => !rss.ok);
    return missing(`${unread} of ${samples.length} samples: ${reason?.ok === false ? reason.reason : ''}`);
  }
  return read(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** The highest sum of high-water marks: also of processes that have ended since, as far as a sample saw them. */
function peakRss(samples: readonly Sample[]): Reading {
  const last = samples.at(-1)?.memory;
  const marks = samples.flatMap(({ memory }) => (memory.ok ? [memory.value.highWaterBytes] : []));
  if (last?.ok !== true || marks.length === 0) {
    return missing(
      `${last?.ok === false ? last.reason : 'not read'}; a control group's own mark includes page cache`,
    );
  }
  return read(Math.max(...marks));
}

function cacheOf(charged: NonNullable<Sample['charged']>): Reading {
  return toReading(charged.ok ? { ok: true, value: charged.value.pageCacheBytes } : charged);
}

function memoryNotes({ samples, stalePeak }: Observation): string[] {
  const notes: string[] = [];
  const memories = samples.flatMap(({ memory }) => (memory.ok ? [memory.value] : []));
  const processes = Math.max(0, ...memories.map((memory) => memory.processes));
  if (processes > 1) {
    const sharedBytes = Math.max(...memories.map(({ sharedAtMostBytes }) => sharedAtMostBytes));
    const largestBytes = Math.max(...memories.map(({ rssBytes }) => rssBytes));
    notes.push(
      `memory is the sum of ${processes} processes; file and shared pages count in each, at most ${sharedBytes} bytes more than once`,
      `peak memory is the sum of each process's own high-water mark, an upper bound; the largest sample was ${largestBytes} bytes`,
    );
  }
  if (stalePeak !== null && memories.length > 0) {
    notes.push(`peak memory counts since the target started, not since the window began (${stalePeak})`);
  }
  const lastCharged = samples.at(-1)?.charged;
  if (memories.length === 0 && lastCharged?.ok === true) {
    const { peakWithCacheBytes } = lastCharged.value;
    notes.push('memory is the anonymous memory of the control group: no process of it can be read');
    if (peakWithCacheBytes !== null) {
      notes.push(`high-water mark of the control group, page cache included: ${peakWithCacheBytes} bytes`);
    }
  }
  return notes;
}

function oomKills({ charged }: Sample): number | null {
  return charged?.ok === true ? charged.value.oomKills : null;
}

function oomNotes(first: Sample, last: Sample): string[] {
  const [before, after] = [oomKills(first), oomKills(last)];
  if (before === null || after === null || after <= before) return [];
  return [`the kernel killed ${after - before} processes of the target for lack of memory`];
}

/** One entry a sample after the first: CPU since the sample before it, memory at it. */
function seriesOf(samples: readonly Sample[]): ResourceUsage['series'] {
  const startUs = samples[0]?.atUs ?? 0;
  return samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    const cpuNs = difference(before.cpu, sample.cpu, ({ totalNs }) => totalNs).value;
    const periodUs = sample.atUs - before.atUs;
    const rss = rssOf(sample);
    return {
      tMs: (sample.atUs - startUs) / US_PER_MS,
      cpuCores: cpuNs === null || periodUs <= 0 ? null : Math.max(0, cpuNs / NS_PER_US / periodUs),
      rssBytes: rss.ok ? rss.value : null,
    };
  });
}
