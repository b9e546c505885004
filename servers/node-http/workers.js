// Runs `serve` in this process, or in WORKERS processes of a node:cluster.
// The servers `node-http` and `fastify` carry the same copy of this file, because every server folder stands alone.
import cluster from 'node:cluster';

const stopSignals = ['SIGTERM', 'SIGINT'];

/** `serve` starts listening and returns a function that ends the server and its open connections. */
export function runWorkers(serve) {
  const { PORT, WORKERS = '1' } = process.env;
  if (!/^[1-9]\d*$/.test(WORKERS)) fail(`WORKERS does not take the value ${JSON.stringify(WORKERS)}`);
  if (!/^\d+$/.test(PORT ?? '')) fail('PORT is not set to a port number');
  if (cluster.isPrimary && WORKERS !== '1') superviseWorkers(Number(WORKERS));
  else serveHere(serve);
}

function serveHere(serve) {
  const stop = serve();
  onStopSignal(async () => {
    await stop();
    process.exit(0);
  });
}

function superviseWorkers(count) {
  let stopping = false;
  onStopSignal(() => {
    stopping = true;
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  });
  cluster.on('exit', (worker, code, signal) => {
    // Fewer workers than asked for would be measured as if they were all there: better none.
    if (!stopping) fail(`worker ${worker.process.pid} ended early (${signal ?? code})`);
    if (Object.keys(cluster.workers).length === 0) process.exit(0);
  });
  for (let index = 0; index < count; index += 1) cluster.fork();
}

function onStopSignal(stop) {
  for (const signal of stopSignals) process.once(signal, stop);
}

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
