import { describe, expect, it } from 'vitest';
import { selectById } from '../../harness/commands/selection.ts';

const items = ['alpha', 'beta', 'gamma'].map((id) => ({ id }));
const select = (wanted?: string[]): string[] =>
  selectById(items, wanted, '--target', 'TARGET_UNKNOWN').map(({ id }) => id);

describe('a selection by id', () => {
  it('is everything when nothing was asked for', () => {
    expect(select()).toEqual(['alpha', 'beta', 'gamma']);
  });

  it('keeps the order of the items, not of the flag, and each once', () => {
    expect(select(['gamma', 'alpha', 'gamma'])).toEqual(['alpha', 'gamma']);
  });

  it('B22: refuses what is not there, with the flag, what there is, and the nearest name', () => {
    expect(() => select(['alhpa'])).toThrow(
      expect.objectContaining({
        code: 'TARGET_UNKNOWN',
        exitCode: 2,
        message: '--target: no "alhpa" here (there are alpha, beta, gamma); did you mean "alpha"?',
      }),
    );
  });

  it('B22: makes no suggestion where nothing is near', () => {
    expect(() => select(['something-else'])).toThrow(/^(?!.*did you mean)/);
  });
});
