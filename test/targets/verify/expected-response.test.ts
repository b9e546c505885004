import { describe, expect, it } from 'vitest';
import { differenceFrom } from '../../../harness/targets/verify/expected-response.ts';
import type { WireResponse } from '../../../harness/targets/wire/response-parser.ts';
import { payload, payloadScenario } from '../support/fixtures.ts';

function response(overrides: Partial<WireResponse> = {}): WireResponse {
  const headers = new Map([['content-type', 'application/octet-stream']]);
  return { status: 200, headers, body: payload, framing: 'content-length', ...overrides };
}

const { expect: expected } = payloadScenario;

describe('a response compared with what a scenario expects', () => {
  it('has no difference when all of it is as stated', () => {
    expect(differenceFrom(expected, response())).toBeNull();
  });

  it('may differ in status, in a header, in length, or in a single byte', () => {
    expect(differenceFrom(expected, response({ status: 500 }))).toBe('status 500, expected 200');
    expect(differenceFrom(expected, response({ headers: new Map() }))).toMatch(
      /^header content-type is missing/,
    );
    expect(differenceFrom(expected, response({ body: payload.subarray(1) }))).toBe(
      'body of 1023 bytes, expected 1024',
    );
    const flipped = Buffer.from(payload);
    flipped[512] = (flipped[512] ?? 0) ^ 1;
    expect(differenceFrom(expected, response({ body: flipped }))).toMatch(
      /^body has other bytes than expected/,
    );
  });

  it('names a header whatever its case in the scenario', () => {
    const upper = { ...expected, headers: { 'Content-Type': 'application/octet-stream' } };
    expect(differenceFrom(upper, response())).toBeNull();
  });

  it('is not looked at where the scenario accepts anything', () => {
    const open = { status: 200, headers: {}, bodyBytes: null, bodySha256: null };
    expect(differenceFrom(open, response({ body: Buffer.from('anything'), headers: new Map() }))).toBeNull();
  });
});
