import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import { formatBytesPerSec, formatNumber, formatShare, formatUs } from '../base/units.ts';
import { OUTCOMES } from '../model/counts.ts';
import type { LatencyDigest, LoadReport } from '../model/load-report.ts';
import { REASONS } from '../model/reason.ts';
import { plainText } from './escape.ts';

const NO_BORDERS = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};

const COLUMNS = [
  'min',
  'mean',
  'p50',
  'p90',
  'p99',
  'p999',
  'p9999',
  'max',
  'stdev',
] as const satisfies readonly (keyof LatencyDigest)[];
const HEADS = ['min', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max', 'stdev'];

/** One load as a person reads it on a terminal: what was asked, rates, a latency table, every outcome, what to doubt. */
export function renderLoad(report: LoadReport, options: { colour: boolean }): string {
  const bold = (text: string): string =>
    options.colour ? styleText('bold', text, { validateStream: false }) : text;
  return [
    bold(plainText(headOf(report))),
    ratesOf(report),
    '',
    latencyTable(report),
    '',
    outcomesOf(report),
    driverOf(report),
    ...report.reasons.map(({ code, detail }) =>
      plainText(`! ${code}: ${REASONS[code].sentence} (${detail})`),
    ),
    '',
  ].join('\n');
}

function headOf({ url, connections, workers, durationMs, loop, offeredRateRps, driver }: LoadReport): string {
  const load =
    offeredRateRps === null ? `${loop} loop` : `${loop} loop at ${formatNumber(offeredRateRps)} req/s`;
  const seconds = formatNumber(durationMs / 1_000);
  return `${url}  ${connections} connections, ${workers} ${workers === 1 ? 'worker' : 'workers'}, ${seconds} s, ${load}, driver ${driver}`;
}

function ratesOf({ throughputRps, goodputRps, bandwidthBytesPerSec, verdict }: LoadReport): string {
  if (throughputRps === null || goodputRps === null || bandwidthBytesPerSec === null)
    return `${verdict}: nothing was measured`;
  const good = goodputRps === throughputRps ? '' : `, of which correct ${formatNumber(goodputRps)}`;
  return `${verdict}: ${formatNumber(throughputRps)} req/s${good}, ${formatBytesPerSec(bandwidthBytesPerSec)} of bodies`;
}

function latencyTable({ loop, responseTimeUs, serviceTimeUs, sendDelayUs }: LoadReport): string {
  const table = new CliTable({
    head: ['', ...HEADS],
    colAligns: ['left', ...HEADS.map(() => 'right' as const)],
    ...NO_BORDERS,
  });
  const row = (name: string, digest: LatencyDigest): void => {
    table.push([name, ...COLUMNS.map((column) => cell(digest[column]))]);
  };
  if (loop === 'closed') row('latency', serviceTimeUs);
  else {
    row('response time', responseTimeUs);
    row('service time', serviceTimeUs);
    if (sendDelayUs !== null) row('send delay', sendDelayUs);
  }
  return table.toString();
}

function cell(us: number | null): string {
  return us === null ? 'n/a' : formatUs(us);
}

/** Every request sent, by what became of it: the sum is exact, so nothing is left out. */
function outcomesOf({ counts }: LoadReport): string {
  const outcomes = OUTCOMES.filter((outcome) => outcome === 'ok' || counts[outcome] > 0);
  const parts = outcomes.map((outcome) => `${counts[outcome].toLocaleString('en-US')} ${outcome}`);
  const dropped = counts.dropped > 0 ? `; never sent: ${counts.dropped.toLocaleString('en-US')}` : '';
  return `${counts.sent.toLocaleString('en-US')} sent = ${parts.join(' + ')}${dropped}`;
}

function driverOf({ driverLoad: { cpuUtilization, eventLoopUtilization } }: LoadReport): string {
  const share = (value: number | null): string => (value === null ? 'unknown' : formatShare(value, 0));
  return `busiest load worker: CPU ${share(cpuUtilization)}, event loop ${share(eventLoopUtilization)}`;
}
