import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gateRunOf } from '../harness/analysis/gate/from-record.ts';
import { zoneOf } from '../harness/analysis/gate/profile.ts';
import { replayGate, replayUsualRules } from '../harness/analysis/gate/replay.ts';
import { METRICS } from '../harness/model/metric.ts';
import type { ProfileId } from '../harness/model/gate-metric.ts';
import { readGate } from '../harness/store/gate-store.ts';

// Power curves from the stored launches of an A/A gate run: node tools/gate-replay.ts <gate> [--runs=300] [--write]
const [gate, ...flags] = process.argv.slice(2);
if (gate === undefined) throw new Error('usage: node tools/gate-replay.ts <gate.json or id> [--runs=300] [--write]');
const runs = Number(flags.find((flag) => flag.startsWith('--runs='))?.slice(7) ?? 300);
const INJECTIONS = [0, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25];
const CELLS = 12;
const PAGE = path.join(import.meta.dirname, '..', 'docs', 'gate.md');
const BEGIN = '<!-- operating-characteristics:begin -->';
const END = '<!-- operating-characteristics:end -->';

const record = await readGate('results', gate);
const run = gateRunOf(record);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const { environment } = record;
const lines = [
  `Replayed from ${record.launches.length} stored launches of \`${record.id}\` (the same server on both sides), ${runs} gate runs a row, ${CELLS} gated cells;`,
  `${environment.cpuModel}, ${environment.logicalCpus} CPUs, kernel ${environment.kernel}, Node.js ${environment.node}.`,
  '',
  '| metric | profile | planted | red | confirmed | pass | inconclusive | "last value × 110 %" | sequential Mann-Whitney |',
  '|---|---|--:|--:|--:|--:|--:|--:|--:|',
];
for (const cell of run.cells) {
  if (cell.bound != null || cell.problems.length > 0) continue;
  const profiles: ProfileId[] = cell.metric === 'cpuUsPerRequest' ? ['default', 'strict'] : ['default'];
  for (const profile of profiles) {
    for (const injection of INJECTIONS) {
      const zone = zoneOf(cell.metric, profile, run.logicalCpus);
      const input = { launches: cell.launches, metric: cell.metric, zone, cells: CELLS, injection, runs, seed: record.settings.seed };
      const shares = replayGate(input);
      const usual = replayUsualRules(input);
      const columns = [shares.red, shares.confirmed, shares.pass, shares.inconclusive, usual.lastValuePlusTenth, usual.sequentialMannWhitney];
      lines.push(`| ${METRICS[cell.metric].title} (${cell.scenarioId}) | ${profile} | ${percent(injection)} | ${columns.map(percent).join(' | ')} |`);
    }
  }
}
const table = lines.join('\n');
if (flags.includes('--write')) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has no markers`);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
} else process.stdout.write(`${table}\n`);
