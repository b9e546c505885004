import { emptyRow, type PublishedRow } from '../published-row.ts';
import { numberIn, parseTimeUs, timeIn } from './values.ts';

/** wrk's text report (wrk2 prints a `Thread calibration` block before it, and is an open loop). */
export function parseWrk(text: string): PublishedRow[] | null {
  const reports = text.split(/^(?=Running .+ test @ )/m).filter((part) => part.startsWith('Running '));
  return reports.length === 0 ? null : reports.map((report, i) => parseReport(report, i + 1));
}

function parseReport(report: string, row: number): PublishedRow {
  const total = /(\d+) requests in ([\d.]+[a-z]+),/.exec(report);
  const duration = total?.[2] === undefined ? null : parseTimeUs(total[2]);
  const mean = timeIn(report, /^\s*Latency\s+([\d.]+[a-z]+)\s/m);
  const max = timeIn(report, /^\s*Latency\s+\S+\s+\S+\s+([\d.]+[a-z]+)\s/m);
  const percentiles = [...report.matchAll(/^\s*(\d+(?:\.\d+)?)%\s+([\d.]+[a-z]+)\s*$/gm)].flatMap((match) => {
    const time = parseTimeUs(match[2] ?? '');
    const percentile = Number(match[1]);
    return time === null || percentile >= 100 ? [] : [{ percentile, ...time }];
  });
  const isOpenLoop = report.includes('Thread calibration');
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report);
  const failed =
    socketErrors === null ? 0 : socketErrors.slice(1).reduce((sum, each) => sum + Number(each), 0);
  return {
    ...emptyRow(/test @ (\S+)/.exec(report)?.[1] ?? 'wrk', row),
    loop: isOpenLoop ? 'open' : 'closed',
    connections: numberIn(report, /threads and (\d+) connections/),
    durationS: duration === null ? null : duration.us / 1e6,
    rps: numberIn(report, /^Requests\/sec:\s+([\d.]+)/m),
    responses: total?.[1] === undefined ? null : Number(total[1]),
    errorResponses: numberIn(report, /Non-2xx or 3xx responses: (\d+)/) ?? 0,
    failedRequests: failed,
    latencyUs: {
      min: null,
      mean: mean?.us ?? null,
      max: max?.us ?? null,
      percentiles: percentiles.map(({ percentile, us }) => [percentile, us]),
      resolutionUs: mean?.resolutionUs ?? 0,
    },
  };
}
