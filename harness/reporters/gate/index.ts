import type { GateRecord } from '../../model/gate-record.ts';
import { renderGateOpenMetrics, renderJUnit, renderSlicesCsv } from './exports.ts';
import { renderGateMarkdown } from './github.ts';
import { renderActionBenchmark, renderBencher, renderBenchfmt } from './tracker-formats.ts';

/** A file that is derived from a gate record. */
export interface GateFormat {
  fileName: string;
  render: (record: GateRecord) => string;
}

/** Every file that a gate run can be written as, beside `gate.json`, from which all of them follow. */
export const GATE_FORMATS: readonly GateFormat[] = [
  { fileName: 'summary.md', render: renderGateMarkdown },
  { fileName: 'junit.xml', render: renderJUnit },
  { fileName: 'slices.csv', render: renderSlicesCsv },
  { fileName: 'metrics.txt', render: renderGateOpenMetrics },
  { fileName: 'bencher.json', render: renderBencher },
  { fileName: 'benchfmt.txt', render: renderBenchfmt },
  {
    fileName: 'benchmark-bigger-is-better.json',
    render: (record) => renderActionBenchmark(record, 'higher'),
  },
  {
    fileName: 'benchmark-smaller-is-better.json',
    render: (record) => renderActionBenchmark(record, 'lower'),
  },
];
