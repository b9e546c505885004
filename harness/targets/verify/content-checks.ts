import type { RunningTarget } from '../../model/ports.ts';
import type { Scenario } from '../../model/scenario.ts';
import { CONTRACT_READINESS, witnessMismatch } from '../readiness.ts';
import { encodeRequest, exchange, WireConnection } from '../wire/connection.ts';
import type { Check } from './check.ts';
import { differenceFrom } from './expected-response.ts';

const HEALTH = { method: 'GET', path: '/healthz' };
const UNKNOWN_PATH = '/no-such-path';

/** The process that was started is the one that answers. */
export const identity: Check = {
  id: 'identity',
  title: 'identity witness',
  run: async (target) => {
    const response = await exchange(target.address, HEALTH);
    if (response.status !== CONTRACT_READINESS.status) return `${HEALTH.path} answered ${response.status}`;
    const body = response.body.toString('latin1');
    if (body !== CONTRACT_READINESS.body)
      return `${HEALTH.path} has body ${JSON.stringify(body.slice(0, 40))}, expected "ok"`;
    return witnessMismatch(response, target);
  },
};

/** Status, headers and every byte of the body, as the scenario states them. */
export function exactResponse(scenario: Scenario): Check {
  return {
    id: `response-${scenario.id}`,
    title: `exact response of ${scenario.id}`,
    run: async (target) =>
      differenceFrom(scenario.expect, await exchange(target.address, requestOf(scenario))),
  };
}

/** Two responses on one connection, framed by content-length as the contract says. */
export function exactFraming(scenario: Scenario): Check {
  return {
    id: `framing-${scenario.id}`,
    title: `content-length of ${scenario.id}`,
    run: async (target) => {
      const response = await exchange(target.address, requestOf(scenario));
      return response.framing === 'content-length'
        ? null
        : `framed by ${response.framing}, expected content-length`;
    },
  };
}

/** HEAD tells the length of GET and sends no body: the next response on the connection would be cut otherwise. */
export function head(scenario: Scenario): Check {
  return {
    id: `head-${scenario.id}`,
    title: `HEAD of ${scenario.id}`,
    run: (target) =>
      onOneConnection(target, async (connection) => {
        connection.send(encodeRequest(target.address, { ...requestOf(scenario), method: 'HEAD' }));
        const response = await connection.response('HEAD');
        if (response.status !== scenario.expect.status) return `status ${response.status}`;
        const length = response.headers.get('content-length');
        const expected = scenario.expect.bodyBytes;
        if (expected !== null && length !== String(expected)) {
          return `content-length is ${length ?? 'missing'}, expected ${expected}`;
        }
        connection.send(encodeRequest(target.address, HEALTH));
        const next = await connection.response('GET');
        return next.status === 200 ? null : `the request after it answered ${next.status}`;
      }),
  };
}

/** An unknown path is 404, and the connection stays usable. */
export const notFound: Check = {
  id: 'not-found',
  title: '404 for an unknown path',
  run: (target) =>
    onOneConnection(target, async (connection) => {
      connection.send(encodeRequest(target.address, { method: 'GET', path: UNKNOWN_PATH }));
      const response = await connection.response('GET');
      if (response.status !== 404) return `${UNKNOWN_PATH} answered ${response.status}`;
      connection.send(encodeRequest(target.address, HEALTH));
      const next = await connection.response('GET');
      return next.status === 200 ? null : `the request after it answered ${next.status}`;
    }),
};

export function requestOf({ request }: Scenario): Scenario['request'] {
  return request;
}

/** Opens a connection for a check and closes it whatever the check finds. */
export async function onOneConnection<T>(
  target: RunningTarget,
  use: (connection: WireConnection) => Promise<T>,
): Promise<T> {
  const connection = await WireConnection.open(target.address);
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}
