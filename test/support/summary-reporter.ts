import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends a run with one plain line, and names each skipped test with its reason, so that nothing is skipped silently. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.errors().length > 0);
    const skipped = inState('skipped');
    for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}${reasonOf(test)}\n`);
    const failed = inState('failed').length + broken.length;
    process.stdout.write(
      `\n${inState('passed').length} passed, ${failed} failed, ${skipped.length} skipped\n`,
    );
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' && result.note !== undefined ? ` (${result.note})` : '';
}
