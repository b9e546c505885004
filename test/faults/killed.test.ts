import { describe, it } from 'vitest';
import { killAtRandomMoments } from './killing.ts';

describe('F23 a session that is killed again and again', () => {
  it('at 4 random moments stays whole, leaves nothing, and finishes', { timeout: 240_000 }, async () => {
    await killAtRandomMoments(4, 20_261_121);
  });
});
