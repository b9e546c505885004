import { holmRejects } from '../holm.ts';
import { signedRankAboveP } from '../interval/signed-rank.ts';
import { CONFIRMATION_ALPHA, CONFIRMATION_LOOKS } from './profile.ts';
import { lookAlphas } from './spending.ts';

/** A red cell with the differences of its fresh launches. */
export interface RedCell {
  /** Differences of the confirmation only, + is worse; in launch order. */
  fresh: readonly number[];
  d0: number;
}

/**
 * Which red cells are red again on fresh launches: at each of the looks, all that are still open are held together
 * against that look's share of the error (Holm, 1979). A cell that is not confirmed does not count as a regression.
 */
export function confirmReds(reds: readonly RedCell[]): boolean[] {
  const confirmed = reds.map(() => false);
  const alphas = lookAlphas(CONFIRMATION_LOOKS, CONFIRMATION_ALPHA);
  for (const [look, launches] of CONFIRMATION_LOOKS.entries()) {
    // All red cells stay in the family: leaving decided ones out would spend their share twice.
    const ps = reds.map(({ fresh, d0 }) =>
      fresh.length < launches ? 1 : signedRankAboveP(fresh.slice(0, launches), Math.log1p(d0)),
    );
    for (const [i, rejects] of holmRejects(ps, alphas[look] ?? 0).entries()) {
      if (rejects) confirmed[i] = true;
    }
  }
  return confirmed;
}
