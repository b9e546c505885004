import { describe, expect, it } from 'vitest';
import { encodeRequest, repeatRequest, varyRequest } from '../../harness/engine/request-bytes.ts';
import { closedRequest } from './load-fixtures.ts';

const text = (changes: Parameters<typeof closedRequest>[0]): string =>
  encodeRequest(closedRequest({ port: 8080, ...changes })).toString('latin1');

describe('a request on the wire', () => {
  it('names its host with the port, and asks for no compression', () => {
    expect(text({ path: '/a?b=c' })).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:8080\r\naccept-encoding: identity\r\n\r\n',
    );
  });

  it('names the host as the user did, where that is another name than the address', () => {
    const encoded = text({ authority: 'shop.test:8080' });
    expect(encoded.match(/\r\nhost: .*/g)).toEqual(['\r\nhost: shop.test:8080']);
  });

  it('writes an IPv6 address in brackets, and leaves port 80 out', () => {
    expect(text({ host: '::1' })).toContain('\r\nhost: [::1]:8080\r\n');
    expect(text({ host: '::1', port: 80 })).toContain('\r\nhost: [::1]\r\n');
  });

  it('carries the headers asked for, and lets them choose the encoding', () => {
    const encoded = text({ headers: { 'X-Trace': 'a b', 'Accept-Encoding': 'gzip' } });
    expect(encoded).toContain('\r\nX-Trace: a b\r\n');
    expect(encoded.match(/accept-encoding/gi)).toHaveLength(1);
  });

  it('carries a body with its length in bytes of UTF-8', () => {
    const encoded = encodeRequest(closedRequest({ method: 'POST', body: 'grün' }));
    expect(encoded.toString('latin1')).toContain('\r\ncontent-length: 5\r\n');
    expect(encoded.subarray(-5).toString('utf8')).toBe('grün');
  });

  it('states an empty body where the method implies one, and none where it does not', () => {
    expect(text({ method: 'POST' })).toContain('\r\ncontent-length: 0\r\n');
    expect(text({ method: 'DELETE' })).not.toContain('content-length');
  });

  it('announces the close where each request has its own connection', () => {
    expect(text({ connectionMode: 'per-request' })).toContain('\r\nconnection: close\r\n');
    expect(text({})).not.toContain('connection:');
  });

  it('can be had any number of times in a row, up to the depth of the pipeline', () => {
    const batchOf = repeatRequest(Buffer.from('abc'), 3);
    expect([0, 1, 2, 3].map((count) => String(batchOf(count)))).toEqual(['', 'abc', 'abcabc', 'abcabcabc']);
    expect(batchOf(4)).toBeUndefined();
  });

  it('G30 varies by a query that counts up, whatever the batches, and is the same request otherwise', () => {
    const request = closedRequest({ port: 8080, path: '/a', headers: { 'x-a': 'b' } });
    const batchOf = varyRequest(request, '7-0');
    const first = batchOf(2);
    const paths = `${String(first)}${String(batchOf(1))}`.match(/(?<=GET )\S+/g);
    expect(paths).toEqual([
      '/a?httpdyno=7-0-000000000000',
      '/a?httpdyno=7-0-000000000001',
      '/a?httpdyno=7-0-000000000002',
    ]);
    // A batch that is still on its way must not change under the next one.
    expect(String(first)).toContain('000000000000 HTTP');
    const plain = encodeRequest(request).toString('latin1');
    expect(String(batchOf(1)).replace('?httpdyno=7-0-000000000003', '')).toBe(plain);
  });

  it('G30 adds to a query that is there, and numbers that query alone', () => {
    const batchOf = varyRequest(closedRequest({ path: '/a?b=1-000000000000' }), '1');
    batchOf(1);
    expect(String(batchOf(1))).toContain('GET /a?b=1-000000000000&httpdyno=1-000000000001 HTTP/1.1\r\n');
  });
});
