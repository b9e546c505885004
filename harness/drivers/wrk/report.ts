import { REPORT_MARK } from './script.ts';

/** A latency in whole µs and how many responses had it. */
export type LatencyCount = readonly [us: number, count: number];

/** What wrk says of a run when it is done. */
export interface WrkReport {
  durationUs: number;
  /** Responses of any status. */
  requests: number;
  /** Bytes received, headers included. */
  bytes: number;
  errors: { connect: number; read: number; write: number; status: number; timeout: number };
  /** Ascending; null where they are too many and too wide apart to be read. */
  latencies: LatencyCount[] | null;
}

/** The report in the output of a run, or null where there is none. */
export function parseReport(output: string): WrkReport | null {
  const lines = output.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`${REPORT_MARK} `));
  const fields = (lines[head] ?? '').split(' ').slice(1).map(Number);
  if (fields.length !== 8 || !fields.every(Number.isSafeInteger)) return null;
  const [durationUs = 0, requests = 0, bytes = 0, connect = 0, read = 0, write = 0, status = 0, timeout = 0] =
    fields;
  const rest = lines.slice(head + 1).filter((line) => line !== '');
  return {
    durationUs,
    requests,
    bytes,
    errors: { connect, read, write, status, timeout },
    latencies: rest[0] === 'too-wide' ? null : rest.flatMap(parseLatency),
  };
}

function parseLatency(line: string): LatencyCount[] {
  const match = /^(\d{1,9}) (\d{1,12})$/.exec(line);
  return match === null ? [] : [[Number(match[1]), Number(match[2])]];
}

/**
 * The latencies that wrk measured, without the samples that it invents. At its end wrk 4 "corrects for coordinated
 * omission": with the mean cycle of a connection e = duration / (requests / connections), in whole µs, it adds for every
 * latency n one sample each at n - e, n - 2e, … down to e. What it adds at n > e therefore is what stands at n + e
 * afterwards, and measured(n) = shown(n) - shown(n + e) undoes it exactly. That the rest is as many samples as responses
 * is the proof; a wrk that does not correct gives that number as it is.
 * Null where neither holds, because then nobody knows what the table shows.
 */
export function measuredLatencies(report: WrkReport, connections: number): LatencyCount[] | null {
  const { latencies: shown, requests, errors, durationUs } = report;
  if (shown === null) return null;
  const samples = requests - errors.timeout;
  if (totalOf(shown) === samples) return shown;
  const cycles = Math.floor(requests / connections);
  if (cycles === 0) return null;
  const expectedUs = Math.floor(durationUs / cycles);
  const counts = new Map(shown);
  const measured = shown
    .map(
      ([us, count]): LatencyCount => [
        us,
        us > expectedUs ? count - (counts.get(us + expectedUs) ?? 0) : count,
      ],
    )
    .filter(([, count]) => count !== 0);
  const isSound = totalOf(measured) === samples && measured.every(([, count]) => count > 0);
  return isSound ? measured : null;
}

/** Responses in all. */
export function totalOf(latencies: readonly LatencyCount[]): number {
  return latencies.reduce((total, [, count]) => total + count, 0);
}
