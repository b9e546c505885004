import { parentPort } from 'node:worker_threads';
import { invariant } from '../../../base/errors.ts';
import { crashReport, LoadWorker } from '../../../engine/load-worker.ts';
import type { WarmMessage } from '../warm-workers.ts';

invariant(parentPort !== null, 'a load worker runs as a thread');
const port = parentPort;
let current: LoadWorker | null = null;

port.on('message', (message: WarmMessage) => {
  if (message.kind === 'fleet') {
    current?.receive(message.message);
    return;
  }
  current = new LoadWorker(message.task, (answer) => port.postMessage(answer));
  current.prepare().catch((error: unknown) => port.postMessage(crashReport(error)));
});
