import { describe, expect, it } from 'vitest';
import { compareKeys, type Key } from '../../../../harness/reporters/html/client/sort-keys.ts';

function sorted(keys: readonly Key[], sign: number): Key[] {
  return keys.toSorted((a, b) => compareKeys(a, b, sign));
}

describe('sorting a column', () => {
  it('takes numbers as numbers', () => {
    expect(sorted([84_113, 9, 1_000], 1)).toEqual([9, 1_000, 84_113]);
    expect(sorted([84_113, 9, 1_000], -1)).toEqual([84_113, 1_000, 9]);
  });

  it('puts what has no value last, whichever way it sorts', () => {
    expect(sorted([null, 2, null, 1], 1)).toEqual([1, 2, null, null]);
    expect(sorted([null, 2, null, 1], -1)).toEqual([2, 1, null, null]);
  });

  it('takes text as text', () => {
    expect(sorted(['tokio', 'gin', 'fastify'], 1)).toEqual(['fastify', 'gin', 'tokio']);
    expect(sorted(['tokio', 'gin', 'fastify'], -1)).toEqual(['tokio', 'gin', 'fastify']);
  });
});
