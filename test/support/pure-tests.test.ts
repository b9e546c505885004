import { describe, expect, it } from 'vitest';
import { pureTests, whyImpure } from './pure-tests.ts';
import { type SourceFile, sourceFiles } from './source-tree.ts';

function file(path: string, code: string): SourceFile {
  return { path, text: code, code, lines: code.split('\n').length };
}

const PURE_TEST = file('test/model/a.test.ts', "import { a } from '../../harness/model/a.ts';\n");

describe('tests that run side by side', () => {
  it('reach nothing but code that computes', () => {
    const model = file('harness/model/a.ts', "import { b } from './b.ts';\nexport const a = b;\n");
    const deeper = file('harness/model/b.ts', 'export const b = 1;\n');
    expect(pureTests([PURE_TEST, model, deeper])).toEqual([PURE_TEST.path]);
  });

  it.each([
    ['a process', "import { spawn } from 'node:child_process';"],
    ['a process by a library', "import { execa } from 'execa';"],
    ['a socket', "import net from 'net';"],
    ['a request', 'await fetch(url);'],
    ['a thread', "import { Worker } from 'node:worker_threads';"],
    ['a promise of time', "import { setTimeout as delay } from 'node:timers/promises';"],
    ['a timer', 'setInterval(look, 10);'],
    ['the time', 'const begin = performance.now();'],
    ['the environment of the process', "process.env['HOME'] = '/';"],
    ['what a spy leaves behind', "vi.spyOn(Date, 'now');"],
  ])('never reach %s, not even by an import of an import', (_what, code) => {
    const model = file('harness/model/a.ts', "import { b } from './b.ts';\nexport const a = b;\n");
    const deeper = file('harness/model/b.ts', `${code}\n`);
    expect(whyImpure(deeper)).not.toBeNull();
    expect(pureTests([PURE_TEST, model, deeper])).toEqual([]);
  });

  it('may hand a clock of their own to what would take the real one, which only tests that wait take', () => {
    const clock = file('harness/base/clock.ts', 'export const now = () => performance.now();\n');
    const model = file(
      'harness/model/a.ts',
      "import { now } from '../base/clock.ts';\nexport const a = now;\n",
    );
    expect(pureTests([PURE_TEST, model, clock])).toEqual([PURE_TEST.path]);
    const fake = file('test/model/a.test.ts', "import type { Clock } from '../../harness/base/clock.ts';\n");
    expect(pureTests([fake, clock])).toEqual([fake.path]);
    const waits = file('test/model/a.test.ts', "import { now } from '../../harness/base/clock.ts';\n");
    expect(pureTests([waits, clock])).toEqual([]);
  });

  it('are many, and none of those that are known to measure, listen or start something', () => {
    const pure = pureTests(['harness', 'test', 'tools'].flatMap((folder) => sourceFiles(folder)));
    expect(pure.length).toBeGreaterThan(100);
    expect(pure).toContain('test/model/scenario.test.ts');
    expect(
      pure.filter((path) => /\/(?:accuracy|drivers\/dyno|e2e|faults|truth)\/|\.nightly\./.test(path)),
    ).toEqual([]);
  });
});
