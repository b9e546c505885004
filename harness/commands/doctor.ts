import { styleText } from 'node:util';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { formatBytes } from '../base/units.ts';
import { plainText } from '../reporters/escape.ts';
import type { Finding } from '../session/environment/check.ts';
import { CHECKS } from '../session/environment/checks/index.ts';
import {
  examine,
  fitness,
  type FitnessReport,
  type MachineSource,
  thisMachine,
  viewMachine,
} from '../session/environment/examine.ts';
import { distribution } from '../session/environment/machine-facts.ts';
import { askTools } from '../session/environment/tools.ts';
import { findTool } from '../targets/toolchains.ts';
import type { CommandContext } from './context.ts';
import type { Register } from './program.ts';

const SCHEMA_VERSION = 1;
/** With the 200 ms of watching, the whole stays below a second. */
const TOOL_TIMEOUT_MS = 600;

interface DoctorOptions {
  json?: true;
  strict?: true;
}

export const register: Register = (program, context, outcome) => {
  const command: Command = program
    .command('doctor')
    .description('is this machine fit to measure, and what would make it fitter')
    .option('--strict', 'exit with 4 when this machine is unfit, as `run --strict` does')
    .option('--json', 'print the findings as JSON');
  command.action(async (options: DoctorOptions) => {
    outcome.code = await doctor(context, options, thisMachine());
  });
};

export async function doctor(
  context: CommandContext,
  options: DoctorOptions,
  machine: MachineSource,
): Promise<ExitCode> {
  const ask = async () => askTools({ find: findTool, timeoutMs: TOOL_TIMEOUT_MS });
  const report = examine(CHECKS, await viewMachine(machine, ask));
  const text =
    options.json === true ? renderJson(report, machine) : renderText(report, machine, context.terminal);
  context.out(`${text}\n`);
  return options.strict === true && fitness(report).kind === 'unfit' ? EXIT.refused : EXIT.ok;
}

function countsOf({ findings }: FitnessReport): Record<Finding['status'], number> {
  const count = (wanted: Finding['status']): number =>
    findings.filter(({ status }) => status === wanted).length;
  return { ok: count('ok'), warn: count('warn'), unfit: count('unfit'), unknown: count('unknown') };
}

function renderJson(report: FitnessReport, { host, tree }: MachineSource): string {
  const { cpuModel, logicalCpus, memoryBytes, kernel, architecture } = host;
  const machine = { os: distribution(tree, host), kernel, architecture, cpuModel, logicalCpus, memoryBytes };
  const { kind } = fitness(report);
  return JSON.stringify(
    {
      schemaVersion: SCHEMA_VERSION,
      fitness: kind,
      counts: countsOf(report),
      machine,
      checks: report.findings,
    },
    null,
    2,
  );
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const MARKS: Readonly<Record<Finding['status'], { label: string; style: Style }>> = {
  ok: { label: 'ok', style: 'green' },
  warn: { label: 'warn', style: ['yellow', 'bold'] },
  unfit: { label: 'unfit', style: ['red', 'bold'] },
  unknown: { label: '?', style: 'dim' },
};

const INDENT = 2;
const LABEL_WIDTH = 6;
const TITLE_WIDTH = 20;
const VALUE_WIDTH = 26;
const MAX_WIDTH = 100;
const VALUE_COLUMN = INDENT + LABEL_WIDTH + TITLE_WIDTH;

/** A line a check, in groups; below what warns stands the command that changes it, uncut so that it can be copied. */
export function renderText(
  report: FitnessReport,
  { host, tree }: MachineSource,
  terminal: { columns: number; colour: boolean },
): string {
  const width = Math.min(terminal.columns, MAX_WIDTH);
  const paint: Paint = (style, text) =>
    terminal.colour ? styleText(style, text, { validateStream: false }) : text;
  const about = [
    host.cpuModel,
    formatBytes(host.memoryBytes),
    distribution(tree, host),
    `kernel ${host.kernel}`,
  ];
  const lines = [paint('bold', 'Is this machine fit to measure?'), paint('dim', plainText(about.join(', ')))];
  for (const group of new Set(report.findings.map((finding) => finding.group))) {
    lines.push('', paint('bold', group));
    for (const finding of report.findings.filter((one) => one.group === group)) {
      lines.push(...linesOf(finding, width, paint));
    }
  }
  return [...lines, '', verdictLine(report, paint)].join('\n');
}

function linesOf({ status, title, value, why, fix }: Finding, width: number, paint: Paint): string[] {
  const { label, style } = MARKS[status];
  const head = `${' '.repeat(INDENT)}${paint(style, label.padEnd(LABEL_WIDTH))}${title.padEnd(TITLE_WIDTH)}`;
  const margin = ' '.repeat(VALUE_COLUMN);
  const shown = plainText(value);
  const besides = shown.length < VALUE_WIDTH && VALUE_COLUMN + VALUE_WIDTH + why.length <= width;
  const lines = besides
    ? [`${head}${paintValue(status, shown.padEnd(VALUE_WIDTH), paint)}${paint('dim', why)}`]
    : [
        ...wrapped(shown, width - VALUE_COLUMN).map(
          (line, index) => (index === 0 ? head : margin) + paintValue(status, line, paint),
        ),
        ...wrapped(why, width - VALUE_COLUMN).map((line) => margin + paint('dim', line)),
      ];
  if (fix !== null) lines.push(`${' '.repeat(INDENT + LABEL_WIDTH)}${paint('cyan', `-> ${plainText(fix)}`)}`);
  return lines;
}

function paintValue(status: Finding['status'], text: string, paint: Paint): string {
  return status === 'ok' ? text : paint(status === 'unknown' ? 'dim' : 'yellow', text);
}

/** Words in lines of at most `width` characters; a longer word stands alone. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function verdictLine(report: FitnessReport, paint: Paint): string {
  const { ok, warn, unfit, unknown } = countsOf(report);
  const rest = `${ok} ok, ${unknown} unknown`;
  const warnings = warn === 0 ? 'nothing warns' : `${warn} ${warn === 1 ? 'warning' : 'warnings'}`;
  if (unfit > 0) {
    const head = paint(['red', 'bold'], `Unfit by ${unfit} ${unfit === 1 ? 'check' : 'checks'}`);
    return `${head}, ${warnings} (${rest}); \`run\` says so, and with --strict refuses.`;
  }
  if (warn === 0) return `${paint(['green', 'bold'], 'Fit: nothing warns')} (${rest}).`;
  return `${paint(['yellow', 'bold'], `Fit: ${warnings}`)} (${rest}); \`run\` keeps what bends figures with its results.`;
}
