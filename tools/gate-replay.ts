import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readGate } from '../harness/store/gate-store.ts';
import { characteristics } from './gate-characteristics.ts';

// What the gate makes of the stored launches of an A/A run: prints the tables, or writes them into docs/gate.md.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '1000' }, budget: { type: 'string', default: '12' }, write: { type: 'boolean', default: false } },
});
const [gate] = positionals;
if (gate === undefined) throw new Error('usage: node tools/gate-replay.ts <gate.json, folder or id> [--runs 1000] [--budget 12] [--write]');
const tables = characteristics(await readGate('results', gate), { runs: Number(values.runs), budgetMinutes: Number(values.budget) });

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'gate.md');
const BEGIN = '<!-- operating-characteristics:begin -->';
const END = '<!-- operating-characteristics:end -->';
if (values.write) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has no markers`);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`);
} else process.stdout.write(`${tables}\n`);
