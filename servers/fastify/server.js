// A fastify server; several workers share the port through node:cluster.
import Fastify from 'fastify';
import { runWorkers } from './workers.js';

const target = 'fastify';
const { HOST: host = '127.0.0.1', PORT: port, HTTPDYNO_NONCE: nonce = '' } = process.env;

function serve() {
  // Open keep-alive connections would hold `close` for as long as clients like.
  const app = Fastify({ logger: false, forceCloseConnections: true });
  const payload1kb = payload(1024);
  const payload1mb = payload(1024 * 1024);

  // Every GET route answers HEAD too.
  app.get('/healthz', (_request, reply) => {
    reply.headers({ 'x-httpdyno-target': target, 'x-httpdyno-nonce': nonce }).send('ok');
  });
  app.get('/payload/1kb', (_request, reply) => {
    reply.type('application/octet-stream').send(payload1kb);
  });
  app.get('/payload/1mb', (_request, reply) => {
    reply.type('application/octet-stream').send(payload1mb);
  });

  app.listen({ host, port: Number(port) }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  return () => app.close();
}

function payload(length) {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => index * 31 + 7));
}

runWorkers(serve);
