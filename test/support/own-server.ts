import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchFolder } from './cli.ts';

/** A server that knows nothing of httpdyno: `node server.mjs [port] [answer] [rounds of work a request]`. */
export const OWN_SERVER = `
import http from 'node:http';
const [port = process.env.PORT, answer = 'hello', work = '0'] = process.argv.slice(2);
http.createServer((request, response) => {
  let sum = 0;
  for (let i = 0; i < Number(work); i++) sum += Math.sqrt(i);
  response.end(sum < 0 ? 'never' : answer);
}).listen(Number(port), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;

/** A folder for one test with the given files, as a project of a user. */
export function projectWith(files: Readonly<Record<string, string>>): string {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
