import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commandWords } from '../harness/commands/command-words.ts';
import { addGateOptions, type GateOptions } from '../harness/commands/gate-options.ts';
import { renderOutputs } from '../harness/reporters/gate/github.ts';
import { GATE_FORMATS } from '../harness/reporters/gate/index.ts';
import { judgedRecord } from './support/gate.ts';
import { repository } from './support/source-tree.ts';

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
const yaml = (file: string): unknown => parse(read(file));

/** The options as the command itself reads them; throws for a flag that does not exist or a value that it refuses. */
function parsed(words: readonly string[]): GateOptions {
  const command = addGateOptions(new Command('gate')).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  command.parse([...words], { from: 'user' });
  return command.opts<GateOptions>();
}
/** Flags that a text passes to \`gate\`, quoted or not. */
const flagsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
const known = new Set(
  addGateOptions(new Command('gate')).options.flatMap(({ long }) =>
    long === undefined || long === null ? [] : [long],
  ),
);
const derived = new Set(GATE_FORMATS.map(({ fileName }) => fileName));

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({
    steps: z.array(
      z.object({
        id: z.string().optional(),
        run: z.string(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    ),
  }),
});

describe('action.yml', () => {
  const action = actionSchema.parse(yaml('action.yml'));
  const gate = action.runs.steps.find(({ id }) => id === 'gate');
  if (gate === undefined) throw new Error('no step that gates');

  it('calls gate with flags that exist, and gives each of its inputs to it', () => {
    const flags = flagsIn(gate.run);
    expect(flags).toEqual(
      expect.arrayContaining(['--base', '--head', '--target', '--path', '--profile', '--output']),
    );
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
    const passed = Object.values(gate.env ?? {}).join(' ');
    for (const input of Object.keys(action.inputs).filter((name) => name !== 'working-directory'))
      expect(passed, input).toContain(`inputs.${input} `);
  });

  it('has defaults that gate accepts', () => {
    const value = (input: string): string => action.inputs[input]?.default ?? '';
    const options = parsed([
      `--profile=${value('profile')}`,
      `--budget-minutes=${value('budget-minutes')}`,
      `--on-inconclusive=${value('on-inconclusive')}`,
    ]);
    expect(options).toMatchObject({ profile: 'default', budgetMinutes: 12, onInconclusive: 'pass' });
  });

  it('runs a file that exists, and reads no input as code', () => {
    const cli = /\$\{\{ github\.action_path \}\}\/(\S+)/.exec(gate.env?.['GATE_CLI'] ?? '')?.[1] ?? 'nowhere';
    expect(existsSync(path.join(repository, cli))).toBe(true);
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  });

  it('hands out what gate sets, and the summary that it writes', () => {
    const { report } = judgedRecord();
    if (report === null) throw new Error('no report');
    const set = renderOutputs(report)
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [line.split('=')[0] ?? '']));
    const own = [...gate.run.matchAll(/echo "(\w+)=/g)].map(([, name = '']) => name);
    const handed = Object.values(action.outputs).map(({ value }) => /outputs\.(\w+)/.exec(value)?.[1]);
    expect(new Set(handed)).toEqual(new Set([...set, ...own]));
    expect(derived.has(/\$output\/(\S+?)"/.exec(gate.run)?.[1] ?? '')).toBe(true);
  });
});

describe('the example for GitLab', () => {
  const job = z
    .object({
      'performance-gate': z.object({
        script: z.array(z.string()),
        allow_failure: z.object({ exit_codes: z.number() }),
        artifacts: z.object({ reports: z.record(z.string(), z.string()) }),
      }),
    })
    .parse(yaml('docs/ci/gitlab-ci.yml'))['performance-gate'];

  it('calls gate with words that it understands', () => {
    const call = job.script.find((line) => line.includes('httpdyno gate')) ?? '';
    const words = commandWords(call);
    expect(words.slice(0, 3)).toEqual(['npx', 'httpdyno', 'gate']);
    expect(parsed(words.slice(3))).toMatchObject({
      output: 'gate',
      base: expect.any(String),
      head: expect.any(String),
    });
    expect(job.allow_failure.exit_codes).toBe(3);
  });

  it('collects files that gate writes', () => {
    for (const file of Object.values(job.artifacts.reports))
      expect(derived.has(path.basename(file)), file).toBe(true);
  });
});

describe('workflows and pages about CI', () => {
  const flagsOfGate = (text: string): string[] =>
    [...text.matchAll(/(?:httpdyno|cli\.cjs|npm run(?: -s)?) gate\b[^\n]*/g)].flatMap(([line]) =>
      flagsIn(line),
    );

  it.each([
    '.github/workflows/benchmark.yml',
    '.github/workflows/ci.yml',
    '.github/workflows/nightly.yml',
    'docs/ci/README.md',
    'docs/gate.md',
    'README.md',
  ])('%s names no flag of gate that does not exist', (file) => {
    expect(flagsOfGate(read(file)).filter((flag) => !known.has(flag) && flag !== '--')).toEqual([]);
  });

  it('the workflow gives the action inputs that it has, and reads outputs that it hands out', () => {
    const text = read('.github/workflows/benchmark.yml');
    const action = actionSchema.parse(yaml('action.yml'));
    const steps = z
      .object({
        jobs: z.record(
          z.string(),
          z.object({
            steps: z.array(
              z.looseObject({
                uses: z.string().optional(),
                id: z.string().optional(),
                with: z.record(z.string(), z.unknown()).optional(),
              }),
            ),
          }),
        ),
      })
      .parse(parse(text));
    const own = Object.values(steps.jobs)
      .flatMap((job) => job.steps)
      .filter(({ uses }) => uses === './' || uses === './.');
    expect(own.length).toBeGreaterThan(0);
    for (const { with: given = {} } of own)
      expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([]);
    for (const id of own.flatMap((step) => step.id ?? []))
      for (const [, output = ''] of text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.(\\w+)`, 'g')))
        expect(Object.keys(action.outputs)).toContain(output);
  });

  it('the page names every file that gate writes', () => {
    for (const file of derived) expect(read('docs/ci/README.md')).toContain(`\`${file}\``);
  });
});
