import type { EncodedAnswer } from './answer.ts';

const HEAD_END = '\r\n\r\n';
/** A request that is longer than this, body included, is none of our drivers'. */
const MAX_REQUEST_BYTES = 4 * 1_048_576;

export interface ConversationPorts {
  answer: EncodedAnswer;
  witness: EncodedAnswer;
  write(bytes: Buffer): void;
  /** Ends the connection after what has been written. */
  end(): void;
}

/**
 * Requests on one connection. Each is read with care until one has been answered; from then on bytes that come in whole
 * multiples of its length are taken for its repetitions, unread: a load sends the same request again and again.
 */
export class Conversation {
  readonly #ports: ConversationPorts;
  #unread: Buffer | null = null;
  /** Length of the request that repeats, 0 while there is none. */
  #repeatedBytes = 0;

  constructor(ports: ConversationPorts) {
    this.#ports = ports;
  }

  /** Takes the first `length` bytes of a buffer that the caller will use again. */
  receive(buffer: Buffer, length: number): void {
    const each = this.#repeatedBytes;
    if (each === 0 || length % each !== 0 || this.#unread !== null) {
      this.#read(buffer.subarray(0, length));
      return;
    }
    const { whole } = this.#ports.answer;
    for (let left = length; left > 0; left -= each) this.#ports.write(whole);
  }

  #read(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#unread ?? Buffer.alloc(0), chunk]);
    for (;;) {
      const length = requestLength(bytes);
      if (length === null || bytes.length < length) break;
      this.#answer(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
    this.#unread = bytes.length === 0 ? null : bytes;
    if (bytes.length > MAX_REQUEST_BYTES) this.#ports.end();
  }

  #answer(request: Buffer): void {
    const head = request.toString('latin1', 0, request.indexOf(HEAD_END));
    const isWitness = / \/healthz HTTP/.test(head);
    const isHead = head.startsWith('HEAD ');
    const closes = /\r\nconnection: *close/i.test(head);
    const answer = isWitness ? this.#ports.witness : this.#ports.answer;
    this.#ports.write(isHead ? answer.head : answer.whole);
    this.#repeatedBytes = isWitness || isHead || closes ? 0 : request.length;
    if (closes) this.#ports.end();
  }
}

/** Bytes of the request at the start of a buffer, body included; null while its head is not whole. */
function requestLength(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1] ?? '0';
  return headEnd + HEAD_END.length + Number(length);
}
