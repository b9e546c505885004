import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { CommanderError } from 'commander';
import { expect } from 'vitest';
import { auditClaims } from '../../harness/analysis/audit/audit-claims.ts';
import { parseResults } from '../../harness/analysis/audit/parse-results.ts';
import { HarnessError } from '../../harness/base/errors.ts';
import { parseJson } from '../../harness/base/schema.ts';
import { parseYaml, refuseRepeatedKeys } from '../../harness/base/yaml.ts';
import { systemContext } from '../../harness/commands/context.ts';
import { resolveDestination } from '../../harness/commands/destination.ts';
import { buildProgram } from '../../harness/commands/index.ts';
import { claimsSchema } from '../../harness/model/claims.ts';
import { scenarioSchema } from '../../harness/model/scenario.ts';
import { targetFileSchema } from '../../harness/model/target.ts';
import { checkSeal, seal } from '../../harness/store/seal.ts';
import { parseSession } from '../../harness/store/session-store.ts';
import { parseText } from '../engine/response-samples.ts';
import { plannedTrial, session, validTrial } from '../support/factories.ts';
import { argumentVectors, corpus, near } from './mutation.ts';

/** Of CPU time: a machine that is busy elsewhere is no parser that hangs. */
const LIMIT_MS = 1_000;
/** By the clock on the wall, for a parser that waits instead. */
const PATIENCE_MS = 10_000;
const GROWTH_BYTES = 20 * 1_048_576;

export interface Parser {
  name: string;
  /** Feeds it inputs as the options say; throws for one that breaks it. */
  fuzz(options: fc.Parameters<unknown>): Promise<void>;
}

/** `warm` is an input whose parsing loads what is loaded once; its time does not count. */
function parser<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  parse: (input: T) => unknown,
  warm: T | null = null,
): Parser {
  const property = fc.asyncProperty(inputs, async (input) => {
    const from = performance.now();
    const cpu = process.cpuUsage();
    try {
      await parse(input);
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code === 'BUG') throw error;
      expect(error.message).not.toMatch(/[\r\n]/);
    }
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1_000).toBeLessThan(LIMIT_MS);
    expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
  });
  return {
    name,
    fuzz: async (options) => {
      if (warm !== null) await parse(warm);
      await fc.assert(property, options);
    },
  };
}

const record = JSON.stringify({ ...session([plannedTrial()]), trials: [validTrial()] }, null, 1);

export const PARSERS: readonly Parser[] = [
  parser('target files', near(corpus('json')), (text) => {
    parseJson(targetFileSchema, text, 'target.json');
    refuseRepeatedKeys(text, 'target.json');
  }),
  parser('repeated keys', near(corpus('json')), (text) => refuseRepeatedKeys(text, 'target.json')),
  parser('scenario files', near([...corpus('yaml'), ...corpus('json')]), (text) =>
    parseYaml(scenarioSchema, text, 'small.yaml'),
  ),
  parser('files of claims', near([...corpus('claims'), ...corpus('yaml')]), (text) => {
    const claims = parseYaml(claimsSchema, text, 'small.yaml');
    for (const { message } of auditClaims('small.yaml', claims))
      expect(message).not.toMatch(/NaN|undefined|[\r\n]/);
  }),
  parser('session files', near([record, seal(record)]), (text) => {
    checkSeal(text);
    return parseSession(text, 'session.json');
  }),
  parser('results of other tools', near([...corpus('json'), record]), (text) => parseResults(text)),
  parser('URLs', near(['http://127.0.0.1:80/a?b#c', 'http://[::1]/', 'http://u:p@0x7f.1/']), async (text) =>
    resolveDestination(text, { lookup: async () => ['127.0.0.1', '203.0.113.9'] }),
  ),
  parser('responses', near(corpus('response')), (text) => parseText(text, {})),
  parser('command lines', argumentVectors, parseCommandLine, ['list']),
];

/** Parses as the program does, with every command emptied of its work. */
async function parseCommandLine(argv: readonly string[]): Promise<void> {
  const context = { ...systemContext(), out: () => undefined, err: () => undefined };
  const program = await buildProgram(context, { code: 0 }, []);
  for (const command of program.commands) command.action(() => undefined);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
}

/** Runs a piece of work and checks that what it leaves on the heap is little. */
export async function withoutGrowth(work: () => Promise<void>): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heapBytes = (): number => {
    if (typeof collect === 'function') collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  await work();
  expect(heapBytes() - before).toBeLessThan(GROWTH_BYTES);
}
