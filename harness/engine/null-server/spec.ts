import { fileURLToPath } from 'node:url';
import type { Scenario } from '../../model/scenario.ts';
import type { TargetSpec } from '../../model/target.ts';
import { workerEntryBeside } from '../fleet-workers.ts';
import type { NullAnswer } from './answer.ts';

export const NULL_SERVER_ID = 'null-server';
/** Environment variable that tells it what to answer, as JSON. */
export const ENV_ANSWER = 'HTTPDYNO_NULL_ANSWER';

/**
 * The target against which a driver's ceiling in a scenario is measured: it answers what the scenario expects and does
 * nothing else. It needs no toolchain, and is started, pinned, identified and stopped as any other target.
 * Where a scenario expects a body that is not the pattern of the server contract, only its length can be promised.
 */
export function ceilingServer(scenario: Scenario): TargetSpec {
  const { status, headers, bodyBytes } = scenario.expect;
  const answer: NullAnswer = { status, headers, bodyBytes: bodyBytes ?? 0 };
  const entry = fileURLToPath(workerEntryBeside(import.meta.url, 'worker'));
  return {
    id: NULL_SERVER_ID,
    name: 'Null server',
    language: 'JavaScript',
    framework: 'none',
    build: null,
    run: { command: ['node', entry], env: { [ENV_ANSWER]: JSON.stringify(answer) } },
    image: null,
    scenarios: [scenario.id],
    folder: fileURLToPath(new URL('.', import.meta.url)),
  };
}
