import { describe, it } from 'vitest';
import { killAtRandomMoments } from './killing.ts';

describe('F23 a session that is killed again and again', () => {
  it('at 6 random moments stays whole, leaves nothing, and finishes', { timeout: 240_000 }, async () => {
    await killAtRandomMoments(6, 20_261_121);
  });
});
