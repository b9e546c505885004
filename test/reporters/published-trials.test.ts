import { describe, expect, it } from 'vitest';
import type { Trial } from '../../harness/model/trial.ts';
import { publishedTrials } from '../../harness/reporters/published-trials.ts';
import { cell, refused, trial } from './fixtures.ts';

const valid = trial(0, 'a', 1, { round: 2 });
const heldBack: Trial = {
  ...trial(1, 'a', 1, { round: 0 }),
  verdict: 'invalid',
  reasons: [{ code: 'DRIVER_SATURATED', detail: '' }],
};
const noisy: Trial = {
  ...trial(2, 'a', 1, { round: 1 }),
  verdict: 'invalid',
  reasons: [{ code: 'NOISY_ENV', detail: '' }],
};
const elsewhere = [trial(3, 'b', 1), trial(4, 'a', 1, { scenarioId: '1mb' })];
const all = [valid, heldBack, noisy, ...elsewhere];

describe('the trials that a cell publishes', () => {
  it('are the valid ones of a valid cell, whatever else there is', () => {
    expect(publishedTrials(cell('a', 1), all)).toEqual([valid]);
  });

  it('of a limited cell include those that were only held back, in round order', () => {
    expect(publishedTrials(cell('a', 1, { status: 'limited' }), all)).toEqual([heldBack, valid]);
  });

  it('are none where the cell publishes nothing', () => {
    for (const status of ['invalid', 'failed', 'aborted', 'skipped'] as const) {
      expect(publishedTrials(refused('a', status, []), all)).toEqual([]);
    }
  });
});
