import type { Clock } from '../../base/clock.ts';
import type { Accounting } from '../accounting.ts';
import type { CgroupMemoryReading, CpuTimes } from '../kernel/counters.ts';
import type { KernelFiles } from '../kernel/kernel-files.ts';
import { type Attempt, attempt } from '../kernel/readable.ts';
import { type MemorySample, ResidentMemory } from '../kernel/resident-memory.ts';

/** The target at one moment. */
export interface Sample {
  /** When CPU time was read: the middle of the read, on the monotonic clock. */
  atUs: number;
  cpu: Attempt<CpuTimes>;
  memory: Attempt<MemorySample>;
  /** What its control group is charged with; read at both ends, and in between only where `memory` cannot be. */
  charged: Attempt<CgroupMemoryReading> | null;
}

/** Takes samples of one target; between `begin` and `end` it costs some dozen reads of open files each. */
export class Sampler {
  readonly #clock: Clock;
  readonly #accounting: Accounting;
  readonly #resident: ResidentMemory;

  constructor(clock: Clock, files: KernelFiles, accounting: Accounting) {
    this.#clock = clock;
    this.#accounting = accounting;
    this.#resident = new ResidentMemory(files);
  }

  /** Finds the processes that there are now, and opens their files. */
  refresh(): void {
    const found = attempt(() => this.#accounting.refresh());
    if (found.ok) this.#resident.follow(this.#accounting.pids());
  }

  /** The first sample, of the processes last found; the high-water marks of memory start anew just before it. */
  begin(): Sample {
    this.#resident.resetHighWater();
    return this.#take(() => attempt(() => this.#accounting.memory()));
  }

  sample(): Sample {
    return this.#take((memory) => (memory.ok ? null : attempt(() => this.#accounting.memory())));
  }

  end(): Sample {
    this.refresh();
    return this.#take(() => attempt(() => this.#accounting.memory()));
  }

  stalePeak(): string | null {
    return this.#resident.stalePeak();
  }

  close(): void {
    this.#resident.close();
  }

  #take(charged: (memory: Attempt<MemorySample>) => Sample['charged']): Sample {
    const beforeUs = this.#clock.monotonicUs();
    const cpu = attempt(() => this.#accounting.cpu());
    const atUs = (beforeUs + this.#clock.monotonicUs()) / 2;
    const memory = attempt(() => this.#resident.sample());
    return { atUs, cpu, memory, charged: charged(memory) };
  }
}
