// A server on node:http; several workers share the port through node:cluster.
import { createServer } from 'node:http';
import { runWorkers } from './workers.js';

const target = 'node-http';
const { HOST: host = '127.0.0.1', PORT: port, HTTPDYNO_NONCE: nonce = '' } = process.env;

function serve() {
  const routes = new Map([
    ['/healthz', resource('text/plain', Buffer.from('ok'), { 'x-httpdyno-target': target, 'x-httpdyno-nonce': nonce })],
    ['/payload/1kb', resource('application/octet-stream', payload(1024))],
    ['/payload/1mb', resource('application/octet-stream', payload(1024 * 1024))],
  ]);
  const notFound = { ...resource('text/plain', Buffer.from('not found\n')), status: 404 };

  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const { status, headers, body } = (isRead && routes.get(pathOf(request.url))) || notFound;
    response.writeHead(status, headers);
    // node:http itself leaves the body of a HEAD answer out.
    response.end(body);
  });
  server.listen({ host, port: Number(port) });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

function resource(contentType, body, extraHeaders = {}) {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'content-length': body.length, ...extraHeaders },
    body,
  };
}

function payload(length) {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => index * 31 + 7));
}

function pathOf(url) {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

runWorkers(serve);
