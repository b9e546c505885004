import path from 'node:path';
import { figure } from '../figure.ts';
import { dyno, dynoReport, repository } from '../generators.ts';
import { interleave, type Part, runPinned, startServer, stopServer } from '../rig.ts';

const PORT_OFFSET = 1;
const SHAPES = [1, 64];
const ANSWER = { status: 200, headers: { 'content-type': 'application/octet-stream' }, bodyBytes: 1_024 };

/** Service times at a server that does nothing but answer: what the way through kernel, driver and null server takes. */
export const nullServer: Part = {
  id: 'null-server',
  title: 'Service time at the null server, closed loop',
  async measure(bench) {
    const port = bench.port + PORT_OFFSET;
    const entry = path.join(repository, 'harness/engine/null-server/worker.ts');
    const server = await startServer([process.execPath, entry], port, {
      HTTPDYNO_NULL_ANSWER: JSON.stringify(ANSWER),
    });
    try {
      const runs = await interleave(bench.rounds, SHAPES.map(String), async (connections) => {
        bench.progress(`${connections} connection(s) to the null server`);
        const load = {
          port,
          path: '/',
          connections: Number(connections),
          seconds: bench.seconds,
          rateRps: null,
        };
        return dynoReport(await runPinned(dyno, load)).serviceTimeUs;
      });
      return [...runs].flatMap(([connections, times]) => [
        figure(
          `${connections}.p50`,
          `p50, ${connections} connection(s)`,
          'µs',
          times.map(({ p50 }) => p50),
        ),
        figure(
          `${connections}.p99`,
          `p99, ${connections} connection(s)`,
          'µs',
          times.map(({ p99 }) => p99),
        ),
      ]);
    } finally {
      await stopServer(server);
    }
  },
};
