import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { EXIT, errnoOf, HarnessError, invariant, messageOf } from '../../harness/base/errors.ts';

describe('an error of the harness', () => {
  it('knows the exit code that it ends in, and what fixes it', () => {
    const error = new HarnessError('LOCKED', 'another measurement runs', { fix: 'wait for it' });
    expect(error).toMatchObject({
      code: 'LOCKED',
      exitCode: EXIT.refused,
      fix: 'wait for it',
      name: 'HarnessError',
    });
  });

  it('keeps its cause', () => {
    const cause = new Error('ENOSPC');
    expect(new HarnessError('DISK', 'cannot write', { cause }).cause).toBe(cause);
  });

  it.each([
    ['USAGE', 2],
    ['CONFIG_INVALID', 2],
    ['SCHEMA_TOO_NEW', 2],
    ['LOCKED', 4],
    ['PREFLIGHT', 4],
    ['DISK', 5],
    ['BUG', 70],
  ] as const)('%s ends in %d', (code, exitCode) => {
    expect(new HarnessError(code, '').exitCode).toBe(exitCode);
  });
});

describe('what was thrown', () => {
  it('gives its errno when it is a system error', () => {
    expect(errnoOf(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(errnoOf(new Error('x'))).toBeNull();
    const unnamed = (number: number): Error =>
      Object.assign(new Error('x'), { code: `Unknown system error -${number}` });
    expect(errnoOf(unnamed(os.constants.errno.EDQUOT))).toBe('EDQUOT');
    expect(errnoOf(unnamed(99_999))).toBe('Unknown system error -99999');
    expect(errnoOf('ENOENT')).toBeNull();
  });

  it('gives one line, whatever it is', () => {
    expect(messageOf(new Error('two\n  lines'))).toBe('two lines');
    expect(messageOf(7)).toBe('7');
  });

  it('is a BUG where an invariant is broken', () => {
    expect(() => invariant(false, 'unreachable')).toThrow(expect.objectContaining({ code: 'BUG' }));
    expect(() => invariant(true, '')).not.toThrow();
  });
});
