import type { Socket } from 'node:net';

/** The release whose HTTP client this driver hooks into. Its internals are not an interface: another release is refused. */
export const AUTOCANNON_VERSION = '9.0.0';

/** What autocannon's parser reports of a response's head. */
export interface ResponseHead {
  statusCode: number;
  shouldKeepAlive: boolean;
  headers: string[];
}

/** What autocannon's client reads of a response that is complete. */
export interface CompletedResponse {
  req: unknown;
  headers: ResponseHead;
  body: string;
  bytes: number;
  /** In ms. */
  duration: number;
}

/** The queue of requests in flight, as the client calls it. */
export interface RequestQueue {
  insertRequest(request: unknown): void;
  peek(): unknown;
  addByteCount(bytes: number): void;
  addBody(data: Uint8Array): void;
  setHeaders(head: ResponseHead): void;
  size(): number;
  terminateRequest(): CompletedResponse;
  clear(): void;
  toArray(): unknown[];
}

/** The client's parser; `offset` and `end` delimit what is left of the chunk that it is working on. */
export interface ResponseParser {
  type: string;
  offset: number;
  end: number;
  /** Bytes taken, or the Error that autocannon itself ignores. */
  execute(chunk: Uint8Array): unknown;
  /** The end of the connection completes a response whose length only that end tells. */
  finish(): unknown;
  reinitialize(type: string): void;
}

/** The parts of autocannon's client that this driver watches or replaces. */
export interface AutocannonClient {
  conn: Socket;
  parser: ResponseParser;
  pipelinedRequests: RequestQueue;
  destroyed: boolean;
  _connect(): void;
  _doRequest(): void;
  _destroyConnection(): void;
  destroy(): void;
}

const CLIENT_METHODS = ['_connect', '_doRequest', '_destroyConnection', 'destroy'];
const PARSER_METHODS = ['execute', 'finish', 'reinitialize'];
const QUEUE_METHODS = [
  'insertRequest',
  'peek',
  'addByteCount',
  'addBody',
  'setHeaders',
  'size',
  'terminateRequest',
  'clear',
  'toArray',
];

/** What is not where it was in a client, or an empty list where all of it is. */
export function missingInternals(client: unknown): string[] {
  return [
    ...missingMethods(client, CLIENT_METHODS, 'client'),
    ...missingMethods(propertyOf(client, 'parser'), PARSER_METHODS, 'client.parser'),
    ...missingMethods(propertyOf(client, 'pipelinedRequests'), QUEUE_METHODS, 'client.pipelinedRequests'),
    ...(typeof propertyOf(propertyOf(client, 'parser'), 'type') === 'string' ? [] : ['client.parser.type']),
  ];
}

export function hasKnownInternals(client: unknown): client is AutocannonClient {
  return missingInternals(client).length === 0;
}

function missingMethods(holder: unknown, names: readonly string[], where: string): string[] {
  return names
    .filter((name) => typeof propertyOf(holder, name) !== 'function')
    .map((name) => `${where}.${name}`);
}

function propertyOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
