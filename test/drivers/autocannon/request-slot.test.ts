import { describe, expect, it } from 'vitest';
import { RequestSlot } from '../../../harness/drivers/autocannon/request-slot.ts';
import { Tally } from '../../../harness/drivers/autocannon/tally.ts';
import { BodySampler } from '../../../harness/engine/body-check.ts';

/** A slot whose parser has `left` bytes of a chunk still before it, at a time that a test moves. */
function slotWith({ left = 0, expectedBytes = 3 }: { left?: number; expectedBytes?: number } = {}) {
  const expected = { status: 200, bodyBytes: expectedBytes, bodySha256: null };
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
  const bodies = new BodySampler(expected, 1);
  const slot = new RequestSlot({ tally, bodies, parser, expected, nowUs: () => time.us });
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

  it.each([
    ['a head', 0],
    ['an extension of a chunk', 3],
  ])('F17 %s without end: gives up at 64 KiB, before more is parsed', (_, bodyBytes) => {
    const { slot, tally } = slotWith();
    slot.insertRequest(null);
    slot.setHeaders(head(200));
    slot.addBody(Buffer.alloc(bodyBytes));
    slot.addByteCount(65_536 + 9 * bodyBytes);
    slot.addByteCount(1);
    expect(slot.isBusy).toBe(true);
    slot.addByteCount(1);
    expect(slot.isBusy).toBe(false);
    expect(slot.unusable).toBe('violated');
    expect(tally.result(2_000).counts).toMatchObject({ sent: 1, protocolError: 1 });
  });

  it('F17 a body without end: gives up past one byte too many, as a wrong body or a wrong status', () => {
    for (const [status, enough, outcome] of [
      [200, 4, 'badBody'],
      [500, 65_536, 'badStatus'],
    ] as const) {
      const { slot, tally } = slotWith();
      slot.insertRequest(null);
      slot.setHeaders(head(status));
      slot.addBody(Buffer.alloc(enough));
      expect(slot.isBusy).toBe(true);
      slot.addBody(Buffer.alloc(1));
      expect(slot.isBusy).toBe(false);
      expect(tally.result(2_000).counts).toMatchObject({ sent: 1, [outcome]: 1 });
    }
  });

  it('F17 takes a long body in the smallest of chunks for what it is', () => {
    const { slot } = slotWith({ expectedBytes: 100_000 });
    slot.insertRequest(null);
    slot.setHeaders(head(200));
    for (let i = 0; i < 100_000; i++) {
      slot.addByteCount('1\r\nx\r\n'.length);
      slot.addBody(Buffer.alloc(1));
    }
    expect(slot.isBusy).toBe(true);
    slot.terminateRequest();
    expect(slot.unusable).toBeNull();
  });

  it('gives a request that autocannon drops by its own timer an outcome all the same', () => {
    const { slot, tally } = slotWith();
    slot.insertRequest(null);
    slot.clear();
    slot.clear();
    expect(tally.result(2_000).counts).toMatchObject({ sent: 1, timeout: 1 });
  });
});
