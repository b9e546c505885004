import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import everyDay from './vitest.config.ts';

/** The long tier alone: what takes minutes, and is worth them once a day. */
export default mergeConfig(
  { ...everyDay, test: { ...everyDay.test, include: [], exclude: configDefaults.exclude } },
  defineConfig({
    test: { include: ['test/**/*.nightly.test.ts', 'test/**/*.nightly.ts'], testTimeout: 1_800_000 },
  }),
);
