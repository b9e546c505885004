import { describe, expect, it } from 'vitest';
import { encodeAnswer, encodeWitness, patternBody } from '../../../harness/engine/null-server/answer.ts';
import { Conversation } from '../../../harness/engine/null-server/conversation.ts';

const answer = encodeAnswer({ status: 200, headers: { 'content-type': 'text/plain' }, bodyBytes: 3 });
const witness = encodeWitness('null-server', 'n0nce');

interface Transcript {
  say: (text: string) => string[];
  ended: () => boolean;
}

function converse(): Transcript {
  const written: string[] = [];
  let hasEnded = false;
  const conversation = new Conversation({
    answer,
    witness,
    write: (bytes) => void written.push(bytes.toString('latin1')),
    end: () => {
      hasEnded = true;
    },
  });
  const buffer = Buffer.alloc(65_536);
  return {
    say: (text) => {
      conversation.receive(buffer, buffer.write(text, 'latin1'));
      // What the conversation keeps must not stand in the buffer, which the next read overwrites.
      buffer.fill(0);
      return written.splice(0);
    },
    ended: () => hasEnded,
  };
}

const request = (line: string, ...fields: string[]): string =>
  [line, 'host: x', ...fields, '', ''].join('\r\n');
const get = request('GET /payload/1kb HTTP/1.1');
const whole = answer.whole.toString('latin1');

describe('an answer', () => {
  it('is the pattern of the server contract, with its length and the fields asked for', () => {
    expect([...patternBody(3)]).toEqual([7, 38, 69]);
    expect(whole).toBe('HTTP/1.1 200 -\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n\x07\x26\x45');
    expect(answer.head.length).toBe(answer.whole.length - 3);
  });

  it('states its true length, whatever the fields say', () => {
    const { head } = encodeAnswer({ status: 204, headers: { 'content-length': '9' }, bodyBytes: 0 });
    expect(head.toString()).toBe('HTTP/1.1 204 -\r\ncontent-length: 0\r\n\r\n');
  });
});

describe('a conversation', () => {
  it('answers each request once, however often it is repeated', () => {
    const { say } = converse();
    for (let i = 0; i < 5; i++) expect(say(get)).toEqual([whole]);
  });

  it('answers several requests that come together, the first time and later', () => {
    const { say } = converse();
    expect(say(get + get)).toEqual([whole, whole]);
    expect(say(get + get + get)).toEqual([whole, whole, whole]);
  });

  it('waits for the rest of a request, wherever it was cut', () => {
    for (let cut = 1; cut < get.length; cut++) {
      const { say } = converse();
      say(get);
      expect(say(get.slice(0, cut))).toEqual([]);
      expect(say(get.slice(cut))).toEqual([whole]);
      expect(say(get)).toEqual([whole]);
    }
  });

  it('goes on with care after a request of another length', () => {
    const { say } = converse();
    say(get);
    const longer = request('GET /payload/1kb?x HTTP/1.1');
    expect(say(longer + get.slice(0, 9))).toEqual([whole]);
    expect(say(get.slice(9))).toEqual([whole]);
  });

  it('takes a body as part of its request', () => {
    const { say } = converse();
    const post = `${request('POST / HTTP/1.1', 'Content-Length: 5')}he`;
    expect(say(post)).toEqual([]);
    expect(say('llo')).toEqual([whole]);
    expect(say(`${post}llo`)).toEqual([whole]);
  });

  it('answers HEAD without the body', () => {
    const { say } = converse();
    expect(say(request('HEAD / HTTP/1.1'))).toEqual([answer.head.toString('latin1')]);
    expect(say(request('HEAD / HTTP/1.1'))).toEqual([answer.head.toString('latin1')]);
  });

  it('identifies itself, and does not take that for the load', () => {
    const { say } = converse();
    const health = request('GET /healthz HTTP/1.1');
    expect(say(health)).toEqual([witness.whole.toString('latin1')]);
    expect(say(request('GET /payload HTTP/1.1'))).toEqual([whole]);
    expect(witness.whole.toString()).toContain('x-httpdyno-nonce: n0nce\r\n');
  });

  it('ends where the client asks for it', () => {
    const conversation = converse();
    expect(conversation.say(request('GET / HTTP/1.1', 'Connection: close'))).toEqual([whole]);
    expect(conversation.ended()).toBe(true);
  });

  it('ends with a client that never finishes a request', () => {
    const conversation = converse();
    for (let i = 0; i < 80; i++) conversation.say('x'.repeat(65_536));
    expect(conversation.ended()).toBe(true);
  });
});
