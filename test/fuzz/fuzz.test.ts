import { describe, expect, it } from 'vitest';
import { PARSERS, withoutGrowth } from './parsers.ts';

describe('S19 a parser that is fed mutations of its corpus', () => {
  it.each(PARSERS)('neither throws what is not ours, nor hangs, nor grows: $name', async (parser) => {
    await parser.fuzz({ numRuns: 20 });
    await withoutGrowth(async () => parser.fuzz({ numRuns: 300, interruptAfterTimeLimit: 8_000 }));
  });

  it('S10 leaves no property on every object behind', () => {
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
