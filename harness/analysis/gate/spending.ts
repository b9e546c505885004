/**
 * How much error each look may spend (alpha spending, Lan and DeMets 1983, linear in launches). What a look cannot spend,
 * because n values reject at no level below 2^-n, stays for the next one; so the sum over looks never exceeds `alpha`.
 */
export function lookAlphas(looks: readonly number[], alpha: number): number[] {
  const last = looks.at(-1) ?? 1;
  let spent = 0;
  return looks.map((launches) => {
    const available = alpha * (launches / last) - spent;
    if (available < 2 ** -launches) return 0;
    spent += available;
    return available;
  });
}
