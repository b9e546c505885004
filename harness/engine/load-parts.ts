import { derivedSeed } from '../base/random.ts';
import { US_PER_MS } from '../base/units.ts';
import type { ExpectedResponse, LoadRequest } from '../model/load.ts';
import { Alarms } from './alarms.ts';
import { BodySampler } from './body-check.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { ConnectionTroubles } from './connection-troubles.ts';
import type { WorkerTask } from './fleet-protocol.ts';
import { HeadMemory } from './head-memory.ts';
import type { LoadLoop } from './load-loop.ts';
import { ClosedLoop } from './loop-closed.ts';
import { OpenLoop } from './loop-open.ts';
import { pacerOf } from './pacer.ts';
import { Recorder } from './recorder.ts';
import { type BatchOf, encodeRequest, repeatRequest, varyRequest } from './request-bytes.ts';
import { RequestSlots } from './request-queue.ts';
import { Termination } from './termination.ts';

/**
 * Bodies of 1 MB come a third faster in reads of this size than of 64 KiB on quiet cores, though those cost the driver a
 * tenth less: small reads open the window of the connection while the server still writes.
 */
const READ_BUFFER_BYTES = 16_384;
/** Bodies of answers with another status are read up to this size, so that they do not cost a connection each. */
const OTHER_BODY_LIMIT_BYTES = 65_536;
/** Streams of random numbers drawn from the seed of a load, for each worker. */
const STREAMS_PER_WORKER = 2;

/** Everything that one worker's load is made of. */
export interface LoadParts {
  connections: readonly Connection[];
  loop: LoadLoop;
  termination: Termination;
  recorder: Recorder;
  troubles: ConnectionTroubles;
  alarms: Alarms;
}

/** Puts one worker's share of a load together; nothing is connected or sent yet. */
export function assembleLoad({ request, workerIndex }: WorkerTask): LoadParts {
  const seed = derivedSeed(request.seed, workerIndex * STREAMS_PER_WORKER);
  const connections: Connection[] = [];
  const parts = {
    connections,
    termination: new Termination(request),
    recorder: new Recorder({ isOpenLoop: request.loop.kind === 'open' }),
    troubles: new ConnectionTroubles(),
    alarms: new Alarms(request.connections),
  };
  const loop = loopOf(request, workerIndex, parts);
  const context = contextOf(request, {
    alarms: parts.alarms,
    log: parts.recorder,
    troubles: parts.troubles,
    user: loop,
    batchOf: batchesOf(request, workerIndex),
    sampler: new BodySampler(expectationOf(request), derivedSeed(seed, 1)),
  });
  for (let index = 0; index < request.connections; index++) connections.push(new Connection(index, context));
  return { ...parts, loop };
}

function loopOf(
  request: LoadRequest,
  workerIndex: number,
  parts: Omit<LoadParts, 'loop' | 'alarms'>,
): LoadLoop {
  const { loop, seed } = request;
  if (loop.kind === 'closed') return new ClosedLoop(parts.connections, parts.termination);
  return new OpenLoop({
    ...parts,
    capacity: request.connections,
    pacerFrom: (startUs) =>
      pacerOf({ ...loop, startUs, workerIndex, seed: derivedSeed(seed, workerIndex * 2) }),
  });
}

function batchesOf(request: LoadRequest, workerIndex: number): BatchOf {
  return request.vary === undefined
    ? repeatRequest(encodeRequest(request), depthOf(request))
    : varyRequest(request, `${request.seed}-${workerIndex}`);
}

/** Requests in flight on one connection. */
function depthOf({ connectionMode, pipelining }: LoadRequest): number {
  return connectionMode === 'per-request' ? 1 : pipelining;
}

function contextOf(
  request: LoadRequest,
  shared: Pick<ConnectionContext, 'alarms' | 'log' | 'troubles' | 'user' | 'batchOf' | 'sampler'>,
): ConnectionContext {
  const expected = expectationOf(request);
  const limitBytes = expected.bodyBytes === null ? Number.POSITIVE_INFINITY : expected.bodyBytes + 1;
  return {
    ...shared,
    transport: { host: request.host, port: request.port, readBuffer: new Uint8Array(READ_BUFFER_BYTES) },
    pipelining: depthOf(request),
    inFlight: new RequestSlots(request.connections * depthOf(request)),
    isHead: request.method === 'HEAD',
    memory: new HeadMemory(),
    closesAfterEach: request.connectionMode === 'per-request',
    expected,
    bodyLimitBytes: (status) =>
      status === expected.status ? limitBytes : Math.max(limitBytes, OTHER_BODY_LIMIT_BYTES),
    timeoutUs: request.requestTimeoutMs * US_PER_MS,
  };
}

/** No response to HEAD has a body, so there is none to expect. */
function expectationOf({ method, expected }: LoadRequest): ExpectedResponse {
  return method === 'HEAD' ? { ...expected, bodyBytes: null, bodySha256: null } : expected;
}
