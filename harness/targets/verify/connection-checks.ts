import { systemClock } from '../../base/clock.ts';
import type { RunningTarget } from '../../model/ports.ts';
import type { Scenario } from '../../model/scenario.ts';
import { encodeRequest, WireConnection } from '../wire/connection.ts';
import type { Check } from './check.ts';
import { onOneConnection } from './content-checks.ts';
import { differenceFrom } from './expected-response.ts';

const REUSES = 3;
const PIPELINED = 16;
const CONNECTIONS = 256;
const CLOSE_WITHIN_MS = 1_000;
const PACKET_PAUSE_MS = 1;

/** Several requests one after the other on one connection, which stays open. */
export function keepAlive(scenario: Scenario): Check {
  return {
    id: 'keep-alive',
    title: 'keep-alive: one connection, several requests',
    run: (target) =>
      onOneConnection(target, async (connection) => {
        for (let count = 1; count <= REUSES; count++) {
          connection.send(encodeRequest(target.address, scenario.request));
          const response = await connection.response(scenario.request.method);
          const difference = differenceFrom(scenario.expect, response);
          if (difference !== null) return `request ${count}: ${difference}`;
          if (/\bclose\b/i.test(response.headers.get('connection') ?? ''))
            return `response ${count} announces connection: close`;
        }
        return connection.leftoverBytes === 0
          ? null
          : `${connection.leftoverBytes} bytes beyond the responses`;
      }),
  };
}

/** `connection: close` in the request: the full answer, then FIN. */
export function connectionClose(scenario: Scenario): Check {
  return {
    id: 'connection-close',
    title: 'Connection: close is honoured',
    run: (target) =>
      onOneConnection(target, async (connection) => {
        const headers = { ...scenario.request.headers, connection: 'close' };
        connection.send(encodeRequest(target.address, { ...scenario.request, headers }));
        const difference = differenceFrom(
          scenario.expect,
          await connection.response(scenario.request.method),
        );
        if (difference !== null) return difference;
        const closed = await connection.closedByTarget(CLOSE_WITHIN_MS);
        return closed ? null : `still open ${CLOSE_WITHIN_MS} ms after the response`;
      }),
  };
}

/** A request that arrives in many packets: byte by byte, then cut within every delicate place. */
export function splitRequest(scenario: Scenario): Check {
  return {
    id: 'split-request',
    title: 'request split across packets',
    run: (target) =>
      onOneConnection(target, async (connection) => {
        const bytes = encodeRequest(target.address, scenario.request);
        const everyByte = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
        const plans = [everyByte, ...delicateCuts(bytes).map((cut) => [cut])];
        for (const cuts of plans) {
          await sendCut(connection, bytes, cuts);
          const difference = differenceFrom(
            scenario.expect,
            await connection.response(scenario.request.method),
          );
          const where = cuts.length === 1 ? `cut after byte ${cuts[0]}` : 'sent byte by byte';
          if (difference !== null) return `${where}: ${difference}`;
        }
        return null;
      }),
  };
}

/** Within the method, the path, a header's name; between CR and LF; and around the blank line that ends the head. */
function delicateCuts(bytes: Buffer): number[] {
  const lineEnd = bytes.indexOf('\r\n');
  const headEnd = bytes.indexOf('\r\n\r\n');
  return [1, 6, lineEnd + 1, lineEnd + 4, headEnd + 1, headEnd + 2, headEnd + 3].filter(
    (cut) => cut < bytes.length,
  );
}

async function sendCut(connection: WireConnection, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  let from = 0;
  for (const cut of cuts) {
    connection.send(bytes.subarray(from, cut));
    from = cut;
    // Longer than the kernel would take to join two writes into one segment.
    await systemClock.sleep(PACKET_PAUSE_MS);
  }
  connection.send(bytes.subarray(from));
}

/** Requests sent at once are answered in order; different paths show the order. */
export function pipelining(scenario: Scenario): Check {
  return {
    id: 'pipelining',
    title: `${PIPELINED} pipelined requests, answered in order`,
    run: (target) =>
      onOneConnection(target, async (connection) => {
        const health = { method: 'GET', path: '/healthz' };
        const kinds = Array.from({ length: PIPELINED }, (_, index) => index % 3 === 1);
        connection.send(
          Buffer.concat(
            kinds.map((asksHealth) => encodeRequest(target.address, asksHealth ? health : scenario.request)),
          ),
        );
        for (const [index, asksHealth] of kinds.entries()) {
          const response = await connection.response(asksHealth ? 'GET' : scenario.request.method);
          const difference = asksHealth
            ? healthDifference(response.body)
            : differenceFrom(scenario.expect, response);
          if (difference !== null) return `response ${index + 1} of ${PIPELINED}: ${difference}`;
        }
        return connection.leftoverBytes === 0
          ? null
          : `${connection.leftoverBytes} bytes beyond the responses`;
      }),
  };
}

function healthDifference(body: Buffer): string | null {
  return body.toString('latin1') === 'ok' ? null : 'another answer than the one of /healthz: out of order';
}

/** Many connections open together, each with a request in flight. */
export function manyConnections(scenario: Scenario): Check {
  return {
    id: 'many-connections',
    title: `${CONNECTIONS} connections at once`,
    run: async (target) => {
      const opened = await Promise.allSettled(
        Array.from({ length: CONNECTIONS }, () => WireConnection.open(target.address)),
      );
      const connections = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      try {
        const findings = await Promise.all(
          connections.map((connection) => answerOn(connection, target, scenario)),
        );
        const refused = CONNECTIONS - connections.length;
        const wrong = findings.filter((finding) => finding !== null);
        if (refused === 0 && wrong.length === 0) return null;
        return `${refused} refused, ${wrong.length} answered wrongly${wrong[0] === undefined ? '' : ` (${wrong[0]})`}`;
      } finally {
        for (const connection of connections) connection.close();
      }
    },
  };
}

async function answerOn(
  connection: WireConnection,
  target: RunningTarget,
  scenario: Scenario,
): Promise<string | null> {
  connection.send(encodeRequest(target.address, scenario.request));
  try {
    return differenceFrom(scenario.expect, await connection.response(scenario.request.method));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
