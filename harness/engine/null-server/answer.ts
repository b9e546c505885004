import { z } from '../../base/schema.ts';

/** The one answer of a null server. Byte i of its body is (i * 31 + 7) mod 256, as the server contract has it. */
export const nullAnswerSchema = z.strictObject({
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()),
  bodyBytes: z.int().min(0).max(1_073_741_824),
});
export type NullAnswer = z.infer<typeof nullAnswerSchema>;

export function patternBody(length: number): Buffer {
  const body = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) body[i] = (i * 31 + 7) & 0xff;
  return body;
}

/** An answer as bytes: what HEAD gets, and what every other method gets. */
export interface EncodedAnswer {
  head: Buffer;
  whole: Buffer;
}

export function encodeAnswer({ status, headers, bodyBytes }: NullAnswer): EncodedAnswer {
  return encode(status, headers, patternBody(bodyBytes));
}

/** The witness of the server contract: the right process answers. */
export function encodeWitness(id: string, nonce: string): EncodedAnswer {
  return encode(200, { 'x-httpdyno-target': id, 'x-httpdyno-nonce': nonce }, Buffer.from('ok'));
}

function encode(status: number, headers: Readonly<Record<string, string>>, body: Buffer): EncodedAnswer {
  const fields = Object.entries({ ...headers, 'content-length': String(body.length) });
  const lines = [`HTTP/1.1 ${status} -`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { head, whole: Buffer.concat([head, body]) };
}
