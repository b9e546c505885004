import type { Clock } from '../base/clock.ts';
import { US_PER_MS } from '../base/units.ts';
import type { Readiness, RunningTarget } from '../model/ports.ts';
import type { Reason } from '../model/reason.ts';
import type { TargetExit } from '../model/target.ts';
import { memberTest } from './members.ts';
import { foreignPort } from './port-in-use.ts';
import { type PortOwner, portOwner } from './proc/sockets.ts';
import { exchange, WireError } from './wire/connection.ts';
import type { WireResponse } from './wire/response-parser.ts';

/** When a target counts as ready. Servers that know nothing of our contract get a rule without the witness. */
export interface ReadinessRule {
  /** Asked by GET; null where a listening socket is enough. */
  path: string | null;
  status: number;
  /** The exact body; null accepts any. */
  body: string | null;
  /** The answer proves by headers that the process which was started is the one that answers. */
  witness: boolean;
}

export const CONTRACT_READINESS: ReadinessRule = { path: '/healthz', status: 200, body: 'ok', witness: true };

/** Whose socket a port is; a parameter, as a system without /proc cannot say. */
export type AskPortOwner = (port: number, isOurs: (pid: number) => boolean) => PortOwner;

export interface ReadinessContext {
  rule: ReadinessRule;
  clock: Clock;
  askPortOwner?: AskPortOwner;
}

const POLL_FIRST_MS = 10;
const POLL_LAST_MS = 100;
const POLL_GROWTH = 1.3;
const REQUEST_TIMEOUT_MS = 1_000;
/** Less is no time to answer in: what is left is waited out, and the last word is that of the attempt before. */
const LAST_ATTEMPT_MS = 20;
const HEALTH_BODY_MAX_BYTES = 65_536;

type Attempt = { kind: 'ready' } | { kind: 'wait'; why: string } | { kind: 'failed'; reason: Reason };

/** Polls until the target answers as itself, its process ends, the deadline passes, or the caller aborts. */
export async function waitUntilReady(
  target: RunningTarget,
  deadlineMs: number,
  context: ReadinessContext,
  signal: AbortSignal,
): Promise<Readiness> {
  const over = new AbortController();
  const ended = target.exited.then(
    (exit): Readiness => ({ kind: 'failed', reason: exitedEarly(target, exit, context) }),
  );
  try {
    return await Promise.race([
      ended,
      poll(target, deadlineMs, context, AbortSignal.any([signal, over.signal])),
    ]);
  } finally {
    over.abort();
  }
}

async function poll(
  target: RunningTarget,
  deadlineMs: number,
  context: ReadinessContext,
  signal: AbortSignal,
): Promise<Readiness> {
  const { clock } = context;
  const startUs = clock.monotonicUs();
  const elapsedMs = (): number => (clock.monotonicUs() - startUs) / US_PER_MS;
  let why: string | null = null;
  for (let pauseMs = POLL_FIRST_MS; ; pauseMs = Math.min(POLL_LAST_MS, pauseMs * POLL_GROWTH)) {
    if (signal.aborted)
      return { kind: 'failed', reason: { code: 'INTERRUPTED', detail: 'stopped while starting' } };
    const remainingMs = deadlineMs - elapsedMs();
    if (remainingMs <= (why === null ? 0 : LAST_ATTEMPT_MS)) {
      await clock.sleep(Math.ceil(Math.max(0, remainingMs)), signal).catch(() => undefined);
      const detail = `after ${deadlineMs} ms: ${why ?? 'it was not asked yet'}`;
      return { kind: 'failed', reason: { code: 'READY_TIMEOUT', detail } };
    }
    const attempt = await attemptOnce(target, context, Math.ceil(Math.min(REQUEST_TIMEOUT_MS, remainingMs)));
    if (attempt.kind === 'ready') return { kind: 'ready', afterMs: elapsedMs() };
    if (attempt.kind === 'failed') return attempt;
    why = attempt.why;
    await clock
      .sleep(Math.min(pauseMs, Math.max(0, deadlineMs - elapsedMs())), signal)
      .catch(() => undefined);
  }
}

/** Asks the kernel whose port it is, and only where it may be the target's, the target itself. */
async function attemptOnce(
  target: RunningTarget,
  context: ReadinessContext,
  timeoutMs: number,
): Promise<Attempt> {
  const { rule, askPortOwner = portOwner } = context;
  const owner = askPortOwner(target.address.port, memberTest(target));
  if (owner.kind === 'nobody')
    return { kind: 'wait', why: `nothing listened on port ${target.address.port}` };
  if (owner.kind === 'foreign') return { kind: 'failed', reason: foreignPort(target.address.port, owner) };
  if (owner.kind === 'unknown' && !rule.witness) {
    const detail = 'the system does not tell whose socket answers, and the target shows no nonce';
    return { kind: 'failed', reason: { code: 'IDENTITY_MISMATCH', detail } };
  }
  if (rule.path === null) return { kind: 'ready' };
  try {
    const request = { method: 'GET', path: rule.path, headers: { connection: 'close' } };
    const response = await exchange(target.address, request, {
      timeoutMs,
      maxBodyBytes: HEALTH_BODY_MAX_BYTES,
    });
    return judgeResponse(response, target, rule);
  } catch (error) {
    if (error instanceof WireError) return { kind: 'wait', why: `${rule.path}: ${error.message}` };
    throw error;
  }
}

function judgeResponse(response: WireResponse, target: RunningTarget, rule: ReadinessRule): Attempt {
  if (response.status !== rule.status)
    return { kind: 'wait', why: `${rule.path} answered ${response.status}` };
  const mismatch = rule.witness ? witnessMismatch(response, target) : null;
  if (mismatch !== null) return { kind: 'failed', reason: { code: 'IDENTITY_MISMATCH', detail: mismatch } };
  if (rule.body !== null && response.body.toString('latin1') !== rule.body) {
    return { kind: 'wait', why: `${rule.path} answered with another body than "${rule.body}"` };
  }
  return { kind: 'ready' };
}

/** What the identity headers of a response say against it, else null. */
export function witnessMismatch(
  response: Pick<WireResponse, 'headers'>,
  target: Pick<RunningTarget, 'spec' | 'nonce'>,
): string | null {
  const id = response.headers.get('x-httpdyno-target');
  if (id !== target.spec.id) return `x-httpdyno-target is ${shown(id)}, expected "${target.spec.id}"`;
  const nonce = response.headers.get('x-httpdyno-nonce');
  return nonce === target.nonce
    ? null
    : `x-httpdyno-nonce is ${shown(nonce)}, expected the nonce of this start`;
}

function shown(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value.slice(0, 60));
}

/** Why a target that ended is not ready: the port that another process holds, or its own exit. */
function exitedEarly(target: RunningTarget, exit: TargetExit, context: ReadinessContext): Reason {
  const { askPortOwner = portOwner } = context;
  const owner = askPortOwner(target.address.port, memberTest(target));
  if (owner.kind === 'foreign') return foreignPort(target.address.port, owner);
  const how = exit.signal === null ? `code=${exit.exitCode ?? 'unknown'}` : `signal=${exit.signal}`;
  if (exit.oomKilled) return { code: 'OOM_KILLED', detail: how };
  const lastLine = target.logTail().at(-1);
  return {
    code: 'TARGET_EXITED',
    detail: lastLine === undefined ? how : `${how}; last log line: ${lastLine}`,
  };
}
