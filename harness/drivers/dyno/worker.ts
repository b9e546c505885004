import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../base/errors.ts';
import type { FleetMessage, WorkerTask } from '../../engine/fleet-protocol.ts';
import { crashReport, LoadWorker } from '../../engine/load-worker.ts';

invariant(parentPort !== null, 'a load worker runs as a thread');
const port = parentPort;
const task: WorkerTask = workerData;
const worker = new LoadWorker(task, (message) => port.postMessage(message));
port.on('message', (message: FleetMessage) => worker.receive(message));
try {
  await worker.prepare();
} catch (error) {
  port.postMessage(crashReport(error));
}
