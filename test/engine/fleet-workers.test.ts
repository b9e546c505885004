import { describe, expect, it } from 'vitest';
import type { WorkerMessage } from '../../harness/engine/fleet-protocol.ts';
import { threadWorker, threadWorkerWithin, workerEntryBeside } from '../../harness/engine/fleet-workers.ts';
import { closedRequest } from './load-fixtures.ts';

const ENTRY = workerEntryBeside(import.meta.url, 'fixtures/echo-worker');
const TASK = { workerIndex: 3, request: closedRequest(), tickMs: 100 };

/** Starts a real thread; events arrive in order. */
function startThread(spawn = threadWorker) {
  const heard: (WorkerMessage | string)[] = [];
  const waiting: (() => void)[] = [];
  const note = (event: WorkerMessage | string): void => {
    heard.push(event);
    for (const wake of waiting.splice(0)) wake();
  };
  const worker = spawn(ENTRY, TASK, { message: note, ended: note });
  const until = async (count: number): Promise<void> => {
    while (heard.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { worker, heard, until };
}

describe('a worker thread', () => {
  it('gets its task and messages, and answers', async () => {
    const { worker, heard, until } = startThread();
    await until(1);
    expect(heard).toEqual([{ kind: 'ready' }]);
    worker.post({ kind: 'start', atUs: 5 });
    await until(2);
    expect(JSON.stringify(heard[1])).toContain('\\"workerIndex\\":3');
    await worker.terminate();
  });

  it('keeps to the memory that it is given', async () => {
    const { worker, heard, until } = startThread(threadWorkerWithin({ maxYoungGenerationSizeMb: 4 }));
    await until(1);
    worker.post({ kind: 'start', atUs: 5 });
    await until(2);
    expect(JSON.stringify(heard[1])).toContain('\\"maxYoungGenerationSizeMb\\":4');
    await worker.terminate();
  });

  it('F38 load worker throws: its end is told with the cause', async () => {
    const { worker, heard, until } = startThread();
    await until(1);
    worker.post({ kind: 'abort' });
    await until(3);
    expect(heard.slice(1)).toEqual(['worker 3 was told to throw', 'exit code 1']);
    await worker.terminate();
  });

  it('is gone once terminated, and can be terminated twice', async () => {
    const { worker, heard, until } = startThread();
    await until(1);
    await worker.terminate();
    await worker.terminate();
    expect(heard.at(-1)).toMatch(/^exit code/);
  });
});

describe('the entry of a worker', () => {
  it('has the ending of the module beside which it stands', () => {
    expect(workerEntryBeside('file:///a/driver.ts', 'worker').href).toBe('file:///a/worker.ts');
    expect(workerEntryBeside('file:///a/driver.js', 'worker').href).toBe('file:///a/worker.js');
  });
});
