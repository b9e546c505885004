/** One deliberate fault of the harness, and the tests that must notice it. */
export interface Mutant {
  id: string;
  /** What the harness would do wrong. */
  fault: string;
  file: string;
  /** Stands exactly once in the file. */
  from: string;
  to: string;
  tests: readonly string[];
  /** Only tests whose name matches, where the whole file takes long. */
  named?: string;
  /** Killed within seconds, by tests without load: the subset of every check. */
  fast: boolean;
}

const RECORDER = 'harness/engine/recorder.ts';
const CONNECTION = 'harness/engine/connection.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    id: 'M1',
    fault: 'response time counts from the actual send instead of the intended start',
    file: RECORDER,
    from: 'cohort.responseTime.record(nowUs - intendedUs)',
    to: 'cohort.responseTime.record(nowUs - sentUs)',
    tests: ['test/engine/recorder.test.ts'],
    fast: true,
  },
  {
    id: 'M2',
    fault: 'samples are made up for requests that a stall kept from being sent',
    file: RECORDER,
    from: 'cohort.serviceTime.record(serviceUs);',
    to: 'for (let us = serviceUs; us > 0; us -= 1_000) cohort.serviceTime.record(us);',
    tests: ['test/engine/recorder.test.ts', 'test/engine/load-worker.test.ts', 'test/accuracy/stall.test.ts'],
    fast: false,
  },
  {
    id: 'M3',
    fault: 'timeouts are left out of the accounts',
    file: RECORDER,
    from: 'cohort.outcomes[outcome] = (cohort.outcomes[outcome] ?? 0) + 1;',
    to: 'if (outcome !== OUTCOME_CODES.timeout) cohort.outcomes[outcome] = (cohort.outcomes[outcome] ?? 0) + 1;',
    tests: ['test/engine/recorder.test.ts', 'test/drivers/dyno/faults.test.ts'],
    named: 'counts|F10|balance',
    fast: false,
  },
  {
    id: 'M4',
    fault: 'a connection that is closed without a response counts as nothing',
    file: CONNECTION,
    from: 'this.#settleAll(OUTCOME.reset, nowUs);',
    to: 'while (this.#inFlight.length > 0) this.#inFlight.shift();',
    tests: ['test/drivers/dyno/faults.test.ts'],
    named: 'F12',
    fast: false,
  },
  {
    id: 'M5',
    fault: 'a body that is cut off counts as a correct response',
    file: CONNECTION,
    from: 'this.#settle(OUTCOME.truncated, nowUs)',
    to: 'this.#settle(OUTCOME.ok, nowUs)',
    tests: ['test/drivers/dyno/faults.test.ts'],
    named: 'F13',
    fast: false,
  },
  {
    id: 'M6',
    fault: 'latency is rounded to milliseconds',
    file: RECORDER,
    from: 'const serviceUs = nowUs - sentUs;',
    to: 'const serviceUs = Math.ceil((nowUs - sentUs) / 1_000) * 1_000;',
    tests: ['test/engine/recorder.test.ts'],
    fast: true,
  },
  {
    id: 'M7',
    fault: 'percentiles of several workers are averaged',
    file: 'harness/engine/fleet-merge.ts',
    from: 'const merged = mergeEncoded(encoded);',
    to: [
      'const merged = mergeEncoded(encoded);',
      'const parts = encoded.map((one) => mergeEncoded([one]));',
      'const { count } = merged;',
      'merged.reset();',
      'for (let i = 0; i < count; i++) merged.record(parts.reduce((sum, part) => sum + part.percentileUs((100 * (i + 0.5)) / count), 0) / parts.length);',
    ].join(' '),
    tests: ['test/engine/fleet-merge.test.ts'],
    fast: true,
  },
  {
    id: 'M8',
    fault: 'CPU time is that of the main process alone',
    file: 'harness/monitors/kernel/process-tree.ts',
    from: 'return pid === leader || groupId === leader || sessionId === leader || members.has(parentPid);',
    to: 'return pid === leader;',
    tests: ['test/monitors/kernel/process-tree.test.ts'],
    fast: true,
  },
  {
    id: 'M9',
    fault: 'peak memory is the largest sample instead of the high-water mark of the kernel',
    file: 'harness/monitors/kernel/resident-memory.ts',
    from: "sample.highWaterBytes += kibibytes(text.value, 'VmHWM') ?? rssBytes;",
    to: 'sample.highWaterBytes += rssBytes;',
    tests: ['test/monitors/kernel/resident-memory.test.ts'],
    fast: true,
  },
  {
    id: 'M10',
    fault: 'files are overwritten in place',
    file: 'harness/store/atomic-write.ts',
    from: 'await writeWhole(temporary, content);\n    await rename(temporary, file);',
    to: "await (await import('node:fs/promises')).writeFile(file, content);\n    if (content === null) await rename(temporary, file);",
    tests: ['test/store/store.test.ts'],
    named: 'M10|S9|S20',
    fast: true,
  },
  {
    id: 'M11',
    fault: 'the sweep takes containers that bear no label of ours',
    file: 'harness/targets/docker/sweep.ts',
    from: 'if (owner === undefined || ownerIsAlive(owner)) continue;',
    to: 'if (owner !== undefined && ownerIsAlive(owner)) continue;',
    // Never a test with real containers or processes: the mutant would end those of others.
    tests: ['test/faults/sweep.test.ts'],
    fast: true,
  },
  {
    id: 'M12',
    fault: 'a target that fails its checks is loaded all the same',
    file: 'harness/session/run-trial.ts',
    from: 'if (failed.length > 0) {',
    to: 'if (failed.length > 1_000) {',
    tests: ['test/session/run-trial.test.ts'],
    fast: true,
  },
  {
    id: 'M13',
    fault: 'every trial is called valid',
    file: 'harness/model/reason.ts',
    from: "if (effects.has('invalidates') || effects.has('limits')) return 'invalid';",
    to: '',
    tests: ['test/model/reason.test.ts'],
    fast: true,
  },
  {
    id: 'M14',
    fault: 'durations are taken from the wall clock',
    file: 'harness/base/clock.ts',
    from: 'return performance.now() * 1_000 + originUs;',
    to: 'return Date.now() * 1_000;',
    tests: ['test/base/clock.test.ts'],
    fast: true,
  },
  {
    id: 'M15',
    fault: 'memory includes the page cache',
    file: 'harness/monitors/window/resource-usage.ts',
    from: 'if (memory.ok) return { ok: true, value: memory.value.rssBytes };',
    to: 'if (memory.ok) return { ok: true, value: memory.value.rssBytes + (charged?.ok ? (charged.value.pageCacheBytes ?? 0) : 0) };',
    tests: ['test/monitors/cgroup.test.ts'],
    fast: true,
  },
  {
    id: 'M16',
    fault: 'a name stands in a page as it is',
    file: 'harness/reporters/escape.ts',
    from: ".replace(/&/g, '&amp;')\n    .replace(/</g, '&lt;')\n    .replace(/>/g, '&gt;')\n    .replace(/\"/g",
    to: ".replace(/&/g, '&amp;')\n    .replace(/>/g, '&gt;')\n    .replace(/\"/g",
    tests: ['test/reporters/escape.test.ts'],
    fast: true,
  },
  {
    id: 'M17',
    fault: 'the allow-list is asked about the name, not about what it resolves to',
    file: 'harness/commands/destination.ts',
    from: 'const foreign = addresses.find((address) =>',
    to: 'const foreign = (isIP(host) === 0 ? [] : addresses).find((address) =>',
    tests: ['test/commands/destination.test.ts'],
    fast: true,
  },
  {
    id: 'M18',
    fault: 'the deadline of a request starts anew with every byte',
    file: CONNECTION,
    from: 'log.receivedBytes(length);',
    to: 'log.receivedBytes(length);\n    this.#context.alarms.set(this.index, monotonicUs() + this.#context.timeoutUs);',
    tests: ['test/drivers/dyno/faults.test.ts'],
    named: 'F16',
    fast: false,
  },
];
