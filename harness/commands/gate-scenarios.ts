import { secureToken } from '../base/random.ts';
import { HarnessError } from '../base/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import type { GateSide } from '../session/gate/ports.ts';
import { exchange, WireError } from '../targets/wire/connection.ts';
import type { CommandContext } from './context.ts';

/** What a path answers before any load: enough to tell a right response from a wrong one later. */
interface Answer {
  status: number;
  /** Null where two answers differ in length: then no length can be expected. */
  bodyBytes: number | null;
}

const AD_HOC_SHAPE = {
  loop: { kind: 'closed' },
  connections: 64,
  warmup: 2_000,
  warmupMax: 5_000,
  measure: 7_000,
  drain: 1_000,
  requestTimeout: 5_000,
} as const;
const SERVER_ERROR = 500;

/** The id of the scenario that asks for a path: `/` is `root`, `/api/users?page=2` is `api-users-page-2`. */
export function scenarioIdOf(path: string): string {
  const slug = path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return slug === '' ? 'root' : slug;
}

/**
 * Scenarios for servers that are named by a command alone. What is right is learnt by asking each side, before any load,
 * what it answers: base says which status is expected, and the length of the body where all answers agree on it.
 */
export async function learnScenarios(
  paths: readonly string[],
  sides: { base: GateSide; head: GateSide },
  settings: { readyTimeoutMs: number; workers: number },
  context: CommandContext,
): Promise<{ scenarios: Scenario[]; warnings: string[] }> {
  const base = await answersOf(paths, sides.base, 'base', settings, context);
  const head = await answersOf(paths, sides.head, 'head', settings, context);
  const warnings: string[] = [];
  const scenarios = paths.map((path, i): Scenario => {
    const expected = base[i];
    const other = head[i];
    if (expected === undefined || other === undefined) throw new HarnessError('BUG', `no answer for ${path}`);
    const sameLength = expected.bodyBytes !== null && expected.bodyBytes === other.bodyBytes;
    if (!sameLength && expected.bodyBytes !== null && other.bodyBytes !== null) {
      warnings.push(
        `GET ${path} has ${expected.bodyBytes} bytes from base and ${other.bodyBytes} from head: is it the same work?`,
      );
    }
    const id = scenarioIdOf(path);
    return {
      id,
      title: `GET ${path}`.slice(0, 80),
      request: { method: 'GET', path, headers: {}, body: null },
      expect: {
        status: expected.status,
        headers: {},
        bodyBytes: sameLength ? expected.bodyBytes : null,
        bodySha256: null,
      },
      ...AD_HOC_SHAPE,
    };
  });
  return { scenarios, warnings };
}

async function answersOf(
  paths: readonly string[],
  { spec, launcher, probe }: GateSide,
  arm: string,
  { readyTimeoutMs, workers }: { readyTimeoutMs: number; workers: number },
  { interruption }: CommandContext,
): Promise<Answer[]> {
  const launched = await launcher.launch(spec, {
    workers,
    cpus: null,
    nonce: secureToken(),
    sessionId: 'gate-look',
  });
  const refuse = (why: string, log: readonly string[]): HarnessError => {
    const tail = log.slice(-5).map((line) => `\n  ${line}`);
    return new HarnessError(
      'NOTHING_TO_RUN',
      `${arm} (${spec.run.command.join(' ')}): ${why}${tail.join('')}`,
      {
        fix: 'it must listen on 127.0.0.1 (HOST) at the port in PORT; {port} in the command stands for it too',
      },
    );
  };
  if (launched.kind === 'failed') throw refuse(launched.reason.detail, launched.logTail);
  const { target } = launched;
  try {
    const ready = await probe.waitUntilReady(target, readyTimeoutMs, interruption.signal);
    if (ready.kind === 'failed')
      throw refuse(`${ready.reason.code}: ${ready.reason.detail}`, target.logTail());
    const answers: Answer[] = [];
    for (const path of paths) {
      const [first, second] = [await ask(target.address, path), await ask(target.address, path)];
      if (typeof first === 'string' || typeof second === 'string' || first.status >= SERVER_ERROR) {
        const why =
          typeof first === 'string' ? first : typeof second === 'string' ? second : `status ${first.status}`;
        throw refuse(`GET ${path}: ${why}`, target.logTail());
      }
      answers.push({
        status: first.status,
        bodyBytes: first.bodyBytes === second.bodyBytes ? first.bodyBytes : null,
      });
    }
    return answers;
  } finally {
    await target.stop();
  }
}

async function ask(
  address: { host: string; port: number },
  path: string,
): Promise<{ status: number; bodyBytes: number } | string> {
  try {
    const { status, body } = await exchange(address, {
      method: 'GET',
      path,
      headers: { connection: 'close' },
    });
    return { status, bodyBytes: body.length };
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}
