import { describe, it } from 'vitest';
import { killAtRandomMoments } from './killing.ts';

describe('F23 a session that is killed again and again', () => {
  it.each([1, 2, 3, 4, 5])('at 10 random moments, series %d of 5', async (seed) => {
    await killAtRandomMoments(10, seed);
  });
});
