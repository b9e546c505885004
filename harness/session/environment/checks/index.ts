import type { Check } from '../check.ts';
import { KERNEL_CHECKS } from './kernel.ts';
import { LOAD_NOW_CHECKS } from './load-now.ts';
import { NETWORK_CHECKS } from './network.ts';
import { PROCESSOR_CHECKS } from './processor.ts';
import { TOOL_CHECKS } from './tools.ts';

/** What bends figures: `run` stores the warnings of these in the session. */
export const MACHINE_CHECKS: readonly Check[] = [
  ...PROCESSOR_CHECKS,
  ...LOAD_NOW_CHECKS,
  ...KERNEL_CHECKS,
  ...NETWORK_CHECKS,
];

/** Everything that `doctor` looks at, in the order in which it is shown; a new check is one value in one of the lists. */
export const CHECKS: readonly Check[] = [...MACHINE_CHECKS, ...TOOL_CHECKS];
