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

/** The same request `depth` times in a row, so that any batch up to it is one write of a prefix. */
export function repeatRequest(bytes: Buffer, depth: number): Buffer[] {
  const run = Buffer.concat(Array.from({ length: depth }, () => bytes));
  return Array.from({ length: depth + 1 }, (_, count) => run.subarray(0, count * bytes.length));
}
