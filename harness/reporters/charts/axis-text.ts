/** A value at a mark of an axis: nothing but its significant digits, and zero without a unit. */
export function axisText(text: string): string {
  const short = text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '');
  return /^0(?!\d|\.)/.test(short) ? '0' : short;
}
