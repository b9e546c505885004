import os from 'node:os';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { pureTests } from './test/support/pure-tests.ts';
import { sourceFiles } from './test/support/source-tree.ts';

const pure = pureTests(['harness', 'test', 'tools'].flatMap(sourceFiles));
// The long tier: `npm run test:nightly`.
const nightly = '**/*.nightly.test.ts';
/** Real processes and connections whose tests count or refuse, and time nothing closely: two files at a time. */
const counting = [
  'test/accuracy/{counts,faults,hostile}.test.ts',
  'test/base/**/*.test.ts',
  'test/commands/{compare,compare-baselines,compare-page,doctor,history,list,own-targets}.test.ts',
  'test/drivers/autocannon/driver.test.ts',
  'test/drivers/dyno/{driver,faults,modes}.test.ts',
  'test/drivers/wrk/driver.test.ts',
  'test/e2e/{claims,gate,gate-fails-closed,gate-images,gate-resume,project-config-module,slow-reader,usage}.test.ts',
  'test/engine/bench/!(bench-engine).test.ts',
  'test/engine/null-server/**/*.test.ts',
  'test/faults/{bad-input,bad-targets,disk,signals}.test.ts',
  'test/monitors/{cgroup,memory}.test.ts',
  'test/{mutants,readme}.test.ts',
  'test/reporters/html/browser.test.ts',
  'test/security/remote-consent.test.ts',
  'test/store/**/*.test.ts',
  'test/targets/{build,servers}.test.ts',
  // Not the sweep: every start of httpdyno sweeps, and one beside it would find first what the test left.
  'test/targets/docker/!(sweep).test.ts',
  'test/targets/{process,verify}/**/*.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Hundreds of processes and threads start with the same code: compiled once, it is kept, and each starts sooner.
    env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, 'node_modules/.cache/httpdyno-tests') },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: pure,
          exclude: [...configDefaults.exclude, nightly],
          pool: 'threads',
          isolate: false,
          maxWorkers: os.availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'counting',
          include: counting,
          exclude: [...configDefaults.exclude, nightly, ...pure],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Real servers and real load on few cores: alone, and files one after the other, so that nothing measures its neighbour.
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, nightly, ...pure, ...counting],
          fileParallelism: false,
          // Of those few that only look at what is refused.
          maxConcurrency: os.availableParallelism(),
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
