import { parentPort, workerData } from 'node:worker_threads';
import { monotonicUs } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { FleetMessage, WorkerMessage, WorkerTask } from '../../engine/fleet-protocol.ts';
import { Rig } from './rig.ts';
import { Tally } from './tally.ts';

/** Deadlines and the end of the window are looked at this often. */
const WATCH_MS = 5;
/** Connections that are not made by then are left to the load itself. */
const CONNECT_DEADLINE_US = 5_000_000;

const task: WorkerTask = workerData;
const tally = new Tally(task.request.termination);
let drainUntilUs = Number.POSITIVE_INFINITY;

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function createRig(): Rig | null {
  try {
    return new Rig(task, tally);
  } catch (error) {
    say({ kind: 'failed', reason: { code: 'DRIVER_CRASHED', detail: messageOf(error) } });
    return null;
  }
}

function run(rig: Rig): void {
  parentPort?.on('message', (message: FleetMessage) => {
    if (message.kind === 'abort') rig.stop();
    else if (message.kind === 'start') begin(rig, message.atUs);
    else {
      tally.setWindow(message.window);
      drainUntilUs = message.window.endUs + task.request.drainMs * US_PER_MS;
    }
  });
  const readyByUs = monotonicUs() + CONNECT_DEADLINE_US;
  const waiting = setInterval(() => {
    if (!rig.isConnected && monotonicUs() < readyByUs) return;
    clearInterval(waiting);
    say({ kind: 'ready' });
  }, WATCH_MS);
}

function begin(rig: Rig, atUs: number): void {
  const start = (): void => {
    // A timer may ring up to 1 ms early, and what is sent before the window is not of the sample.
    while (monotonicUs() < atUs);
    tally.begin(atUs);
    rig.open();
    watch(rig, tickFrom(atUs));
  };
  setTimeout(start, Math.max(0, atUs - monotonicUs()) / US_PER_MS);
}

/** Enforces the deadlines of requests until the sample is complete, or the drain is over. */
function watch(rig: Rig, ticking: { stop: () => void }): void {
  const timer = setInterval(() => {
    const nowUs = monotonicUs();
    tally.noteTime(nowUs);
    rig.enforceDeadlines(nowUs);
    if (!tally.isComplete(nowUs) && nowUs < drainUntilUs) return;
    clearInterval(timer);
    ticking.stop();
    rig.stop();
    say({ kind: 'tick', tick: tally.takeTick(nowUs) });
    say({ kind: 'done', result: tally.result(nowUs) });
  }, WATCH_MS);
}

/** Ticks at whole multiples of the period after the start: a late one does not delay those that follow. */
function tickFrom(atUs: number): { stop: () => void } {
  const periodUs = task.tickMs * US_PER_MS;
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    const nowUs = monotonicUs();
    const nextUs = atUs + (Math.floor((nowUs - atUs) / periodUs) + 1) * periodUs;
    timer = setTimeout(
      () => {
        say({ kind: 'tick', tick: tally.takeTick(monotonicUs()) });
        schedule();
      },
      (nextUs - nowUs) / US_PER_MS,
    );
  };
  schedule();
  return { stop: () => clearTimeout(timer) };
}

const rig = createRig();
if (rig !== null) run(rig);
