import { type ResourceLimits, Worker } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import type { FleetMessage, WorkerMessage, WorkerTask } from './fleet-protocol.ts';

/** One load worker, as its fleet sees it. */
export interface FleetWorker {
  post(message: FleetMessage): void;
  /** Ends the worker at once; resolves when nothing of it is left. */
  terminate(): Promise<void>;
}

export interface WorkerListener {
  message(message: WorkerMessage): void;
  /** The worker ended, for the cause given, whether or not its work was done. */
  ended(cause: string): void;
}

/** Starts the worker whose code stands at `entry` on its task. */
export type WorkerFactory = (entry: URL, task: WorkerTask, listener: WorkerListener) => FleetWorker;

/** A worker as a thread of this process. It gets its task as `workerData` and talks through its `parentPort`. */
export const threadWorker: WorkerFactory = threadWorkerWithin({});

/** The same, with limits for the memory of each thread. */
export function threadWorkerWithin(resourceLimits: ResourceLimits): WorkerFactory {
  return (entry, task, listener) => startThread(entry, task, listener, resourceLimits);
}

function startThread(
  entry: URL,
  task: WorkerTask,
  listener: WorkerListener,
  resourceLimits: ResourceLimits,
): FleetWorker {
  const thread = new Worker(entry, {
    name: `load-${task.workerIndex}`,
    workerData: task,
    resourceLimits,
    // Not those of the parent: its loaders and inspectors have no business in a measuring thread.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  thread.on('message', (message: WorkerMessage) => listener.message(message));
  thread.on('error', (error) => listener.ended(messageOf(error)));
  thread.on('exit', (code) => listener.ended(`exit code ${code}`));
  return {
    post: (message) => thread.postMessage(message),
    terminate: async () => {
      await thread.terminate();
    },
  };
}

/**
 * The entry of a worker that stands beside the module that names it, whether the sources run as they are or built:
 * the build rewrites the endings of imports, but not of URLs.
 */
export function workerEntryBeside(moduleUrl: string, name: string): URL {
  return new URL(moduleUrl.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, moduleUrl);
}
