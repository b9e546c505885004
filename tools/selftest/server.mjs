// The server of `httpdyno gate --selftest`: its work a request and its memory can be set, so that the truth is known.
//   node server.mjs [--iterations=N] [--ballast-kib=N] [--delay-share=S] [--die-after=N]
// Reads HOST and PORT. An iteration is a few ns of CPU time that nothing optimises away.
import http from 'node:http';

const settings = Object.fromEntries(
  process.argv.slice(2).map((word) => {
    const [name, value] = word.replace(/^--/, '').split('=');
    return [name, Number(value)];
  }),
);
const iterations = settings['iterations'] ?? 0;
const ballast = Buffer.alloc((settings['ballast-kib'] ?? 0) * 1_024, 1);
const delayShare = settings['delay-share'] ?? 0;
const body = 'x'.repeat(1_024);
let state = 1;
let served = 0;

function work() {
  for (let i = 0; i < iterations; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
}

http
  .createServer((_, response) => {
    work();
    served += 1;
    if (served === settings['die-after']) process.exit(1);
    response.setHeader('content-type', 'text/plain');
    response.setHeader('content-length', String(body.length));
    // Kept in use, so that the ballast stays resident.
    response.setHeader('x-state', String((state & 1) + (ballast[0] ?? 0)));
    if (delayShare > 0 && served % Math.round(1 / delayShare) === 0) setTimeout(() => response.end(body), 2);
    else response.end(body);
  })
  .listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
