import { deflateSync } from 'node:zlib';
import { HISTOGRAM_MAX_US, HISTOGRAM_MIN_US, SIGNIFICANT_DIGITS } from './latency-range.ts';

/** Magic numbers of the encoding; 0x10 says that words are ZigZag LEB128. */
const COOKIE = 0x1c849303 | 0x10;
const COMPRESSED_COOKIE = 0x1c849304 | 0x10;
/** Cookie, payload length, normalizing offset, digits, lowest and highest value, ratio of integer to double. */
const HEADER_BYTES = 40;

/**
 * HdrHistogram V2 compressed encoding, in base64, of counts in the buckets of `latency-range`. Format: HdrHistogram's
 * `AbstractHistogram.encodeIntoByteBuffer`. The payload has a word for each bucket up to the last that is not empty: its
 * count, or minus the number of empty buckets in a row.
 */
export function encodeCounts(counts: Uint32Array): string {
  const payload = payloadOf(counts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32BE(COOKIE, 0);
  header.writeInt32BE(payload.length, 4);
  header.writeInt32BE(SIGNIFICANT_DIGITS, 12);
  header.writeBigInt64BE(BigInt(HISTOGRAM_MIN_US), 16);
  header.writeBigInt64BE(BigInt(HISTOGRAM_MAX_US), 24);
  header.writeDoubleBE(1, 32);
  const body = deflateSync(Buffer.concat([header, payload]));
  const envelope = Buffer.alloc(8);
  envelope.writeInt32BE(COMPRESSED_COOKIE, 0);
  envelope.writeInt32BE(body.length, 4);
  return Buffer.concat([envelope, body]).toString('base64');
}

function payloadOf(counts: Uint32Array): Buffer {
  const bytes: number[] = [];
  const end = counts.findLastIndex((count) => count > 0) + 1;
  for (let index = 0; index < end; ) {
    const count = counts[index] ?? 0;
    const empty = count > 0 ? 0 : counts.subarray(index).findIndex((later) => later > 0);
    // ZigZag: a number from 0 on becomes twice itself, a negative one the odd number between. One empty bucket is a count of 0.
    pushWord(bytes, empty > 1 ? 2 * empty - 1 : 2 * count);
    index += Math.max(1, empty);
  }
  return Buffer.from(bytes);
}

/** LEB128: seven bits a byte, lowest first; all but the last have the high bit set. By division, as words exceed 32 bits. */
function pushWord(bytes: number[], word: number): void {
  let rest = word;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}
