import { defineConfig } from 'vitest/config';
import everyDay from './vitest.config.ts';

const { reporters = [], hookTimeout = 0, env = {} } = everyDay.test ?? {};

/** The long tier alone: what takes minutes, and is worth them once a day. */
export default defineConfig({
  test: {
    include: ['test/**/*.nightly.test.ts', 'test/**/*.nightly.ts'],
    reporters,
    env,
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout,
  },
});
