import type { Reporter } from '../model/ports.ts';
import { efficiencyChart } from './charts/efficiency.ts';
import { latencyChart } from './charts/latency.ts';
import { memoryChart } from './charts/memory.ts';
import { overTimeChart } from './charts/over-time.ts';
import { roundsChart } from './charts/rounds.ts';
import { throughputChart } from './charts/throughput.ts';
import { csvReporter } from './exports/csv.ts';
import { hlogReporter } from './exports/hlog.ts';
import { ndjsonReporter } from './exports/ndjson.ts';
import { openMetricsReporter } from './exports/openmetrics.ts';
import { htmlReporter } from './html/page.ts';
import { markdownReporter } from './markdown.ts';

/** Every file that a session can be reported as; a new reporter is one file and one line here. */
export const REPORTERS: readonly Reporter[] = [
  markdownReporter,
  htmlReporter,
  csvReporter,
  ndjsonReporter,
  openMetricsReporter,
  hlogReporter,
  throughputChart,
  latencyChart,
  efficiencyChart,
  memoryChart,
  overTimeChart,
  roundsChart,
];
