import path from 'node:path';
import CliTable from 'cli-table3';
import { EXIT } from '../base/errors.ts';
import { plainText, shellWord, shortText } from '../reporters/escape.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { listSessions, type SessionHeader } from '../store/session-headers.ts';
import { artifactState } from '../targets/build.ts';
import { discoverTargets } from '../targets/index.ts';
import type { CommandContext } from './context.ts';
import type { Register } from './program.ts';

const PLAIN = { style: { head: [], border: [], compact: true } };
const SESSIONS_SHOWN = 20;

export const register: Register = (program, context, outcome) => {
  program
    .command('list')
    .description('what is there: targets, scenarios, sessions')
    .option('--results <folder>', 'where sessions are kept', 'results')
    .option('--json', 'print it as JSON')
    .action(async (options: { results: string; json?: true }) => {
      await list(context, path.resolve(context.cwd, options.results), options.json === true);
      outcome.code = EXIT.ok;
    });
};

async function list(context: CommandContext, results: string, json: boolean): Promise<void> {
  const specs = await discoverTargets(path.join(context.project, 'servers'));
  const scenarios = await readScenarios(path.join(context.project, 'scenarios'));
  const sessions = await listSessions(results);
  const targets = await Promise.all(
    specs.map(async (spec) => {
      const state = await artifactState(spec);
      return { ...spec, state: 'why' in state ? state.why : 'ready' };
    }),
  );
  if (json) {
    const shown = targets.map(({ id, name, language, framework, state }) => ({
      id,
      name,
      language,
      framework,
      state,
    }));
    context.out(
      `${JSON.stringify({ targets: shown, scenarios, sessions: sessions.map(({ id }) => id) }, null, 2)}\n`,
    );
    return;
  }
  const targetTable = new CliTable({ head: ['target', 'name', 'language', 'scenarios', 'state'], ...PLAIN });
  for (const { id, name, language, scenarios: served, state } of targets) {
    targetTable.push([id, name, language, served.join(' '), state]);
  }
  const scenarioTable = new CliTable({ head: ['scenario', 'request', 'connections', 'loop'], ...PLAIN });
  for (const { id, request, connections, loop } of scenarios) {
    scenarioTable.push([id, `${request.method} ${request.path}`, connections, loop.kind]);
  }
  context.out(
    `${targetTable.toString()}\n\n${scenarioTable.toString()}\n\nsessions in ${path.relative(context.cwd, results) || '.'}\n`,
  );
  context.out(`${sessionsText(sessions)}\n`);
}

/** The newest sessions: when, how they ended, what was asked for. */
function sessionsText(sessions: readonly SessionHeader[]): string {
  if (sessions.length === 0) return '  none yet';
  const table = new CliTable({ head: ['session', 'started (UTC)', 'status', 'command'], ...PLAIN });
  for (const session of sessions.slice(0, SESSIONS_SHOWN)) {
    if (session.kind === 'unknown') {
      table.push([shortText(session.id, 40), '', session.why, '']);
      continue;
    }
    const { startedAt, status, argv } = session.header;
    const started = plainText(startedAt).slice(0, 16).replace('T', ' ');
    table.push([shortText(session.id, 40), started, status, shortText(argv.map(shellWord).join(' '), 48)]);
  }
  const older = sessions.length - SESSIONS_SHOWN;
  return `${table.toString()}${older > 0 ? `\n  and ${older} older` : ''}`;
}
