import type { JudgedClaim, JudgedMetric, MeasuredFactor } from '../../model/claims-report.ts';

/** `1.80x (1.77–1.84)`, `≥ 1.53x`, `≤ 0.86x`; the ends rounded outward, so that the shown interval contains the computed one. */
export function hereText(here: MeasuredFactor | null): string {
  if (here === null) return 'n/a';
  const { estimate, low, high } = here;
  if (low !== null && high !== null)
    return `${factorText(estimate)} (${roundedDown(low)}–${roundedUp(high)})`;
  if (low !== null) return `≥ ${roundedDown(low)}x`;
  return high === null ? `${factorText(estimate)}, no interval` : `≤ ${roundedUp(high)}x`;
}

export function factorText(factor: number): string {
  return `${factor.toFixed(digitsOf(factor))}x`;
}

/** A difference below this is binary error, not a digit. */
const BINARY_ERROR = 1e-9;

function roundedDown(factor: number): string {
  const scale = 10 ** digitsOf(factor);
  return (Math.floor(factor * scale + BINARY_ERROR) / scale).toFixed(digitsOf(factor));
}

function roundedUp(factor: number): string {
  const scale = 10 ** digitsOf(factor);
  return (Math.ceil(factor * scale - BINARY_ERROR) / scale).toFixed(digitsOf(factor));
}

function digitsOf(factor: number): number {
  return factor < 9.995 ? 2 : 1;
}

/** How many of the published factors lie within what was measured: `3 of 11`, of those where that can be told. */
export function agreementText({ claims }: JudgedMetric): string {
  const count = (magnitude: JudgedClaim['magnitude']): number =>
    claims.filter((claim) => claim.magnitude === magnitude).length;
  const agrees = count('agrees');
  return `${agrees} of ${agrees + count('differs')}`;
}
