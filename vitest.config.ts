import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The long tier: `npm run test:nightly`.
    exclude: [...configDefaults.exclude, '**/*.nightly.test.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Real servers and real load on few cores: files run one after the other, so that nothing measures its neighbour.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
