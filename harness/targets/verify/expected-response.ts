import { createHash } from 'node:crypto';
import type { Scenario } from '../../model/scenario.ts';
import type { WireResponse } from '../wire/response-parser.ts';

/** How a response differs from what a scenario expects, or null. Of several differences the first is told. */
export function differenceFrom(expect: Scenario['expect'], response: WireResponse): string | null {
  const { status, headers, body } = response;
  if (status !== expect.status) return `status ${status}, expected ${expect.status}`;
  for (const [name, expected] of Object.entries(expect.headers)) {
    const value = headers.get(name.toLowerCase());
    if (value !== expected) return `header ${name} is ${value ?? 'missing'}, expected ${expected}`;
  }
  if (expect.bodyBytes !== null && body.length !== expect.bodyBytes) {
    return `body of ${body.length} bytes, expected ${expect.bodyBytes}`;
  }
  if (expect.bodySha256 !== null && sha256(body) !== expect.bodySha256) {
    return `body has other bytes than expected (SHA-256 ${sha256(body).slice(0, 12)}…, expected ${expect.bodySha256.slice(0, 12)}…)`;
  }
  return null;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
