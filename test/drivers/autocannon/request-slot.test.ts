import { describe, expect, it } from 'vitest';
import { RequestSlot } from '../../../harness/drivers/autocannon/request-slot.ts';
import { Tally } from '../../../harness/drivers/autocannon/tally.ts';
import { BodySampler } from '../../../harness/engine/body-check.ts';

const EXPECTED = { status: 200, bodyBytes: 3, bodySha256: null };

/** A slot whose parser has `left` bytes of a chunk still before it, at a time that a test moves. */
function slotWith({ left = 0 }: { left?: number } = {}) {
  const time = { us: 1_000 };
  const tally = new Tally({ kind: 'duration', ms: 1 });
  tally.setWindow({ startUs: 0, endUs: 1e9 });
  const parser = {
    type: 'RESPONSE',
    offset: 0,
    end: left,
    execute: () => 0,
    finish: () => 0,
    reinitialize: () => undefined,
  };
  const bodies = new BodySampler(EXPECTED, 1);
  const slot = new RequestSlot({ tally, bodies, parser, expected: EXPECTED, nowUs: () => time.us });
  return { slot, tally, time };
}

const head = (statusCode: number, shouldKeepAlive = true) => ({ statusCode, shouldKeepAlive, headers: [] });

describe('the slot of a request', () => {
  it('times a response to the µs and gives autocannon the same in ms', () => {
    const { slot, tally, time } = slotWith();
    slot.insertRequest('request');
    slot.addByteCount(60);
    slot.setHeaders(head(200));
    slot.addBody(Buffer.from('abc'));
    time.us = 1_457;
    expect(slot.terminateRequest()).toMatchObject({ req: 'request', bytes: 60, body: '', duration: 0.457 });
    expect(slot.isBusy).toBe(false);
    const result = tally.result(2_000);
    expect(result).toMatchObject({ okInWindow: 1, bodyBytesInWindow: 3, wireBytesInWindow: 60 });
  });

  it('keeps the request in flight through an interim response', () => {
    const { slot } = slotWith({ left: 50 });
    slot.insertRequest(null);
    slot.setHeaders(head(103));
    slot.terminateRequest();
    expect(slot.isBusy).toBe(true);
    expect(slot.unusable).toBeNull();
  });

  it('takes bytes behind a whole response for a violation', () => {
    const { slot, tally } = slotWith({ left: 1 });
    slot.insertRequest(null);
    slot.setHeaders(head(200));
    slot.addBody(Buffer.from('abc'));
    slot.terminateRequest();
    expect(slot.unusable).toBe('violated');
    expect(tally.result(2_000).counts).toMatchObject({ sent: 1, protocolError: 1 });
  });

  it('takes bytes without a request for a violation', () => {
    const { slot, tally } = slotWith();
    slot.addByteCount(5);
    expect(slot.unusable).toBe('violated');
    expect(tally.result(2_000).reasons.map(({ code }) => code)).toEqual(['PROTO_UNSOLICITED']);
  });

  it('does not use a connection again that the server is going to close', () => {
    const { slot } = slotWith();
    slot.insertRequest(null);
    slot.setHeaders(head(200, false));
    slot.addBody(Buffer.from('abc'));
    slot.terminateRequest();
    expect(slot.unusable).toBe('closing');
  });

  it('gives a request that autocannon drops by its own timer an outcome all the same', () => {
    const { slot, tally } = slotWith();
    slot.insertRequest(null);
    slot.clear();
    slot.clear();
    expect(tally.result(2_000).counts).toMatchObject({ sent: 1, timeout: 1 });
  });
});
