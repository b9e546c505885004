import { describe, it } from 'vitest';
import { PARSERS, withoutGrowth } from './parsers.ts';

/** Ten minutes in all. */
const EACH_MS = 600_000 / PARSERS.length;

describe('S19 a parser that is fed mutations of its corpus, for long', () => {
  it.each(PARSERS)('neither throws what is not ours, nor hangs, nor grows: $name', async (parser) => {
    await parser.fuzz({ numRuns: 100 });
    await withoutGrowth(async () => parser.fuzz({ numRuns: 10_000_000, interruptAfterTimeLimit: EACH_MS }));
  });
});
