import { Worker } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import type { FleetMessage, WorkerMessage, WorkerTask } from '../../engine/fleet-protocol.ts';
import type { FleetWorker, WorkerFactory, WorkerListener } from '../../engine/fleet-workers.ts';

/** What a thread that serves one load after the other hears and says. */
export type WarmMessage = { kind: 'task'; task: WorkerTask } | { kind: 'fleet'; message: FleetMessage };

interface WarmThread {
  thread: Worker;
  /** Who listens to the load that it makes now; null while it is idle. */
  listener: WorkerListener | null;
}

/**
 * Load workers that outlive a load, so that the code of a later one is compiled and its memory warm: only the first load
 * of a thread starts cold. Each load still opens its own connections. A thread whose load did not end by itself is ended.
 */
export class WarmWorkers {
  readonly #entry: URL;
  readonly #idle: WarmThread[] = [];

  constructor(entry: URL) {
    this.#entry = entry;
  }

  readonly spawn: WorkerFactory = (_, task, listener) => this.#employ(task, listener);

  #employ(task: WorkerTask, listener: WorkerListener): FleetWorker {
    const warm = this.#idle.pop() ?? this.#start();
    let isDone = false;
    warm.listener = {
      message: (message) => {
        isDone = message.kind === 'done';
        listener.message(message);
      },
      ended: (cause) => listener.ended(cause),
    };
    post(warm, { kind: 'task', task });
    return {
      post: (message) => post(warm, { kind: 'fleet', message }),
      terminate: async () => {
        warm.listener = null;
        if (isDone) this.#idle.push(warm);
        else await warm.thread.terminate();
      },
    };
  }

  #start(): WarmThread {
    const thread = new Worker(this.#entry, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    const warm: WarmThread = { thread, listener: null };
    thread.on('message', (message: WorkerMessage) => warm.listener?.message(message));
    thread.on('error', (error) => warm.listener?.ended(messageOf(error)));
    thread.on('exit', (code) => warm.listener?.ended(`exit code ${code}`));
    return warm;
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ thread }) => thread.terminate()));
  }
}

function post({ thread }: WarmThread, message: WarmMessage): void {
  thread.postMessage(message);
}
