import type { Part } from '../rig.ts';
import { cpu } from './cpu.ts';
import { memory } from './memory.ts';
import { nullServer } from './null-server.ts';
import { rate } from './rate.ts';
import { stall } from './stall.ts';
import { throughput } from './throughput.ts';
import { workers } from './workers.ts';

/** Every part of the benchmark, in the order in which they run. */
export const PARTS: readonly Part[] = [throughput, rate, memory, workers, nullServer, cpu, stall];
