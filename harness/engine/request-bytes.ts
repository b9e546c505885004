import type { LoadRequest } from '../model/load.ts';

type RequestShape = Pick<
  LoadRequest,
  'host' | 'port' | 'authority' | 'method' | 'path' | 'headers' | 'body' | 'connectionMode'
>;

const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The request as it goes over the wire, encoded once. `Content-Length` is always that of the body in UTF-8, and is sent
 * without one where the method implies it (RFC 9110, 8.6). Responses are never to be compressed: bodies are compared.
 */
export function encodeRequest(request: RequestShape): Buffer {
  const body = Buffer.from(request.body ?? '', 'utf8');
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `host: ${request.authority ?? authorityOf(request.host, request.port)}`,
  ];
  const names = new Set(Object.keys(request.headers).map((name) => name.toLowerCase()));
  if (!names.has('accept-encoding')) lines.push('accept-encoding: identity');
  for (const [name, value] of Object.entries(request.headers)) lines.push(`${name}: ${value}`);
  if (request.body !== null || METHODS_WITH_BODY.has(request.method))
    lines.push(`content-length: ${body.length}`);
  if (request.connectionMode === 'per-request') lines.push('connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function authorityOf(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
}

/** So many requests in a row as one buffer, to be written at once. */
export type BatchOf = (count: number) => Buffer | undefined;

/** The same request up to `depth` times in a row: each batch is a prefix of one buffer. */
export function repeatRequest(bytes: Buffer, depth: number): BatchOf {
  const run = Buffer.concat(Array.from({ length: depth }, () => bytes));
  const batches = Array.from({ length: depth + 1 }, (_, count) => run.subarray(0, count * bytes.length));
  return (count) => batches[count];
}

const NUMBER_DIGITS = 12;

/**
 * Requests that all differ by their query: a number that counts up behind a prefix, which is unique to the load and the
 * worker. Each batch is a buffer of its own, as the last one may still be on its way.
 */
export function varyRequest(request: RequestShape, prefix: string): BatchOf {
  const query = `httpdyno=${prefix}-${'0'.repeat(NUMBER_DIGITS)}`;
  const path = `${request.path}${request.path.includes('?') ? '&' : '?'}${query}`;
  const bytes = encodeRequest({ ...request, path });
  const numberAt = `${request.method} ${path}`.length - NUMBER_DIGITS;
  let number = 0;
  return (count) => {
    const batch = Buffer.allocUnsafe(count * bytes.length);
    for (let start = 0; start < batch.length; start += bytes.length) {
      bytes.copy(batch, start);
      batch.write(String(number++).padStart(NUMBER_DIGITS, '0'), start + numberAt, 'latin1');
    }
    return batch;
  };
}
