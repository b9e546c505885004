import type { Clock } from '../base/clock.ts';
import { formatMs, US_PER_MS } from '../base/units.ts';
import type { LoadRequest, MeasuredWindow, WarmupRule } from '../model/load.ts';
import type { LoadObserver, LoadOutcome, LoadProgress } from '../model/ports.ts';
import type { Reason } from '../model/reason.ts';
import { Crew, crashed, LoadStopped } from './fleet-crew.ts';
import { mergeResults } from './fleet-merge.ts';
import { type SteadinessTest, Timeline } from './fleet-timeline.ts';
import { threadWorker, type WorkerFactory } from './fleet-workers.ts';
import { splitRequest } from './share.ts';

export interface FleetInput {
  request: LoadRequest;
  /** Module that a worker runs; it speaks the fleet protocol. */
  workerEntry: URL;
  observer: LoadObserver;
  signal: AbortSignal;
  clock: Clock;
  /** Null where the warm-up has a fixed length, the shortest, and somebody else judges whether the target is steady. */
  steadiness: SteadinessTest | null;
  driver: { id: string; version: string };
  /** How often workers report, and the grid on which the window begins; a tenth of a second where absent. */
  tickMs?: number;
  spawnWorker?: WorkerFactory;
}

const TICK_MS = 100;
/** Loading its modules takes a worker a fraction of a second, many times that on a busy machine. */
const READY_DEADLINE_US = 60_000_000;
/** Far enough ahead that every thread has the message before its time comes. */
const START_LEAD_US = 20_000;
const WINDOW_LEAD_US = 50_000;
/** What a worker may take beyond the drain to encode and send its result. */
const RESULT_MARGIN_US = 5_000_000;

/**
 * Runs a load on worker threads: warm-up until steady, the measured window that all workers share, drain. The result
 * is that of all workers or none: when one of them dies there is no figure.
 */
export async function runFleet(input: FleetInput): Promise<LoadOutcome> {
  const { clock, signal, workerEntry } = input;
  if (signal.aborted) return { kind: 'aborted' };
  const { tickMs = TICK_MS } = input;
  const tasks = splitRequest(input.request).map((request, workerIndex) => ({ workerIndex, request, tickMs }));
  let timeline: Timeline | null = null;
  const crew = new Crew(tasks, {
    clock,
    signal,
    entry: workerEntry,
    spawn: input.spawnWorker ?? threadWorker,
    onTick: (workerIndex, tick) => timeline?.add(workerIndex, tick),
  });
  try {
    await allReady(crew, clock);
    const startUs = clock.monotonicUs() + START_LEAD_US;
    timeline = new Timeline(startUs, tickMs * US_PER_MS, tasks.length);
    return await new FleetRun(input, crew, timeline, startUs).run();
  } catch (error) {
    if (error instanceof LoadStopped) return error.outcome;
    throw error;
  } finally {
    await crew.dismiss();
  }
}

async function allReady(crew: Crew, clock: Clock): Promise<void> {
  const deadlineUs = clock.monotonicUs() + READY_DEADLINE_US;
  for (let nowUs = clock.monotonicUs(); !crew.isReady; nowUs = clock.monotonicUs()) {
    if (nowUs >= deadlineUs)
      throw crashed(`${crew.missing('ready')} was not ready within ${READY_DEADLINE_US / 1e6} s`);
    await crew.next(deadlineUs - nowUs);
  }
}

/** The phases of one load, from the common start on. */
class FleetRun {
  readonly #input: FleetInput;
  readonly #crew: Crew;
  readonly #timeline: Timeline;
  readonly #startUs: number;
  readonly #tickUs: number;

  constructor(input: FleetInput, crew: Crew, timeline: Timeline, startUs: number) {
    this.#input = input;
    this.#crew = crew;
    this.#timeline = timeline;
    this.#startUs = startUs;
    this.#tickUs = (input.tickMs ?? TICK_MS) * US_PER_MS;
  }

  async run(): Promise<LoadOutcome> {
    const { request, driver, steadiness } = this.#input;
    const reasons: Reason[] = [];
    let window: MeasuredWindow;
    if (steadiness === null || request.warmup.maxMs === 0) {
      window = this.#announce(this.#tickAfter(this.#startUs + request.warmup.minMs * US_PER_MS));
      this.#crew.broadcast({ kind: 'start', atUs: this.#startUs });
    } else {
      this.#crew.broadcast({ kind: 'start', atUs: this.#startUs });
      reasons.push(...(await this.#warmUp(request.warmup, steadiness)));
      window = this.#announce(this.#tickAfter(this.#nowUs() + WINDOW_LEAD_US));
    }
    if (window.startUs > this.#startUs) await this.#pass('warmup', this.#startUs, window.startUs);
    await this.#pass('measure', window.startUs, window.endUs);
    await this.#drain(window);
    const result = mergeResults(this.#crew.results, {
      driver,
      request,
      warmupMs: (window.startUs - this.#startUs) / US_PER_MS,
      series: (measured) => this.#timeline.series(measured),
      reasons,
    });
    return { kind: 'measured', result };
  }

  #nowUs(): number {
    return this.#input.clock.monotonicUs();
  }

  /** The first boundary between ticks at or after a time, so that no tick straddles the start of the window. */
  #tickAfter(timeUs: number): number {
    return this.#startUs + Math.ceil((timeUs - this.#startUs) / this.#tickUs) * this.#tickUs;
  }

  #announce(startUs: number): MeasuredWindow {
    const { termination } = this.#input.request;
    const lengthUs = termination.kind === 'duration' ? termination.ms * US_PER_MS : Number.POSITIVE_INFINITY;
    const window = { startUs, endUs: startUs + lengthUs };
    this.#crew.broadcast({ kind: 'window', window });
    this.#input.observer.window(window);
    return window;
  }

  /** Lets the load run for the shortest warm-up, then on until it is steady or the longest is over. */
  async #warmUp(rule: WarmupRule, steadiness: SteadinessTest): Promise<Reason[]> {
    const periodUs = steadinessPeriodUs(rule, this.#tickUs);
    const longestUs = this.#startUs + rule.maxMs * US_PER_MS;
    let untilUs = this.#startUs + rule.minMs * US_PER_MS;
    for (;;) {
      // Half a tick more, for the reports on the last period to arrive.
      await this.#pass('warmup', this.#startUs, untilUs + this.#tickUs / 2);
      if (steadiness(this.#timeline.windows(periodUs)) === 'steady') return [];
      if (untilUs >= longestUs) break;
      untilUs = Math.min(longestUs, untilUs + periodUs);
    }
    return [{ code: 'NOT_STEADY', detail: `not steady after ${formatMs(rule.maxMs)} of warm-up` }];
  }

  /** Lets a phase go on until its time is over or all workers are done, and reports progress meanwhile. */
  async #pass(phase: LoadProgress['phase'], sinceUs: number, untilUs: number): Promise<void> {
    for (let nowUs = this.#nowUs(); nowUs < untilUs && !this.#crew.isDone; nowUs = this.#nowUs()) {
      await this.#crew.next(Math.min(this.#tickUs, untilUs - nowUs));
      this.#input.observer.progress({
        phase,
        elapsedMs: Math.max(0, this.#nowUs() - sinceUs) / US_PER_MS,
        ...this.#timeline.recent(sinceUs),
      });
    }
  }

  async #drain(window: MeasuredWindow): Promise<void> {
    if (this.#crew.isDone) return;
    const deadlineUs = window.endUs + this.#input.request.drainMs * US_PER_MS + RESULT_MARGIN_US;
    await this.#pass('drain', window.endUs, deadlineUs);
    if (!this.#crew.isDone)
      throw crashed(`${this.#crew.missing('result')} gave no result by the end of the drain`);
  }
}

/** Steadiness is judged on five stretches of the shortest warm-up, a second each where it is long enough. */
function steadinessPeriodUs({ minMs, maxMs }: WarmupRule, tickUs: number): number {
  const fifthUs = ((minMs > 0 ? minMs : maxMs) * US_PER_MS) / 5;
  return Math.min(1_000_000, Math.max(tickUs, Math.floor(fifthUs / tickUs) * tickUs));
}
