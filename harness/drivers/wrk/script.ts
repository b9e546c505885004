import type { LoadRequest } from '../../model/load.ts';

/** Marks the line at which the machine-readable part of the output begins. */
export const REPORT_MARK = 'httpdyno-report';

/**
 * Reading latency i out of wrk scans its whole table up to there. More steps than this (some 20 s) are not taken; so
 * many different latencies come only from a target that is slow and erratic at once.
 */
const MAX_SCAN_STEPS = 4e10;

/** A Lua script that makes wrk send the request and print every latency with its count when it is done. */
export function wrkScript({
  method,
  authority,
  headers,
  body,
}: Pick<LoadRequest, 'method' | 'authority' | 'headers' | 'body'>): string {
  return [
    `wrk.method = ${luaString(method)}`,
    ...(body === null ? [] : [`wrk.body = ${luaString(body)}`]),
    ...(authority === undefined ? [] : [`wrk.headers["Host"] = ${luaString(authority)}`]),
    ...Object.entries(headers).map(
      ([name, value]) => `wrk.headers[${luaString(name)}] = ${luaString(value)}`,
    ),
    'function done(summary, latency, requests)',
    '  local errors = summary.errors',
    `  print(string.format("\\n${REPORT_MARK} %d %d %d %d %d %d %d %d",`,
    '    summary.duration, summary.requests, summary.bytes,',
    '    errors.connect, errors.read, errors.write, errors.status, errors.timeout))',
    '  if summary.requests == 0 then return end',
    `  if #latency * latency.max > ${MAX_SCAN_STEPS} then print("too-wide") return end`,
    '  for i = 1, #latency do',
    '    local us, count = latency(i)',
    '    print(string.format("%d %d", us, count))',
    '  end',
    'end',
    '',
  ].join('\n');
}

/** A Lua string literal in which every byte but letters and digits is an escape: nothing in it can end it. */
export function luaString(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const literal = bytes.map((byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9]/.test(char) ? char : `\\${String(byte).padStart(3, '0')}`;
  });
  return `"${literal.join('')}"`;
}
