// The server of `httpdyno gate --selftest`: its work a request, its memory and its delay can be set, so that the truth is known.
//   node server.mjs [--iterations=N] [--ballast-kib=N] [--delay-ms=N] [--longer-ms=N] [--longer-share=S]
//     [--die-after=N]
// Reads HOST and PORT. An iteration is a few ns of CPU time that nothing optimises away. A share S of the delayed requests waits
// some ms longer than the others. GET /counters tells what it counted itself, independently of any harness.
import http from 'node:http';
import { performance } from 'node:perf_hooks';

const settings = Object.fromEntries(
  process.argv.slice(2).map((word) => {
    const [name, value] = word.replace(/^--/, '').split('=');
    return [name, Number(value)];
  }),
);
const iterations = settings['iterations'] ?? 0;
const ballast = Buffer.alloc((settings['ballast-kib'] ?? 0) * 1_024, 1);
const delayMs = settings['delay-ms'] ?? 0;
const longerMs = settings['longer-ms'] ?? 1;
const longerShare = settings['longer-share'] ?? 0;
const body = 'x'.repeat(1_024);
/** Service times of the latest requests in ms, as a ring. */
const serviceMs = new Float64Array(4_096);
let state = 1;
let served = 0;

function work() {
  for (let i = 0; i < iterations; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
}

/** Spread evenly over the requests: no two delays differ by chance. */
function delayOf(request) {
  const isLonger = Math.floor((request + 1) * longerShare) > Math.floor(request * longerShare);
  return delayMs + (isLonger ? longerMs : 0);
}

function counters() {
  const { user, system } = process.cpuUsage();
  const times = serviceMs.slice(0, Math.min(served, serviceMs.length)).toSorted();
  return JSON.stringify({
    served,
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    serviceP50Us: times.length === 0 ? 0 : times[times.length >> 1] * 1_000,
  });
}

function send(response, text) {
  response.setHeader('content-type', 'text/plain');
  response.setHeader('content-length', String(text.length));
  // Kept in use, so that the ballast stays resident.
  response.setHeader('x-state', String((state & 1) + (ballast[0] ?? 0)));
  response.end(text);
}

http
  .createServer((request, response) => {
    if (request.url === '/counters') {
      send(response, counters());
      return;
    }
    const startMs = performance.now();
    work();
    const number = served++;
    if (served === settings['die-after']) process.exit(1);
    const answer = () => {
      send(response, body);
      serviceMs[number % serviceMs.length] = performance.now() - startMs;
    };
    if (delayMs > 0) setTimeout(answer, delayOf(number));
    else answer();
  })
  .listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
