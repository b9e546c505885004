import { isMainThread, Worker } from 'node:worker_threads';
import { HarnessError } from '../../base/errors.ts';
import { encodeAnswer, encodeWitness, nullAnswerSchema } from './answer.ts';
import { createNullServer } from './server.ts';
import { NULL_SERVER_ID, ENV_ANSWER } from './spec.ts';

const {
  HOST = '127.0.0.1',
  PORT = '',
  WORKERS = '1',
  HTTPDYNO_NONCE = '',
  [ENV_ANSWER]: answer,
} = process.env;

if (answer === undefined || !/^\d+$/.test(PORT)) {
  throw new HarnessError('USAGE', `the null server reads PORT and ${ENV_ANSWER} from its environment`);
}
const server = createNullServer({
  answer: encodeAnswer(nullAnswerSchema.parse(JSON.parse(answer))),
  witness: encodeWitness(NULL_SERVER_ID, HTTPDYNO_NONCE),
});
// Several threads share the port through the kernel, which only Linux spreads evenly.
const threads = process.platform === 'linux' ? Number(WORKERS) : 1;
server.listen({ host: HOST, port: Number(PORT), backlog: 4_096, reusePort: threads > 1 });
const helpers = isMainThread ? threads - 1 : 0;
for (const helper of Array.from({ length: helpers }, () => new Worker(new URL(import.meta.url)))) {
  helper.on('error', (error) => {
    throw error;
  });
}
