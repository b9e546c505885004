/** A range of values shown, and where it lies in pixels. */
export interface Scale {
  toPixel(value: number): number;
  toValue(pixel: number): number;
  ticks: number[];
}

export interface Span {
  low: number;
  high: number;
}

export function linearScale(span: Span, pixels: Span): Scale {
  const range = span.high - span.low || 1;
  const size = pixels.high - pixels.low;
  return {
    toPixel: (value) => pixels.low + ((value - span.low) / range) * size,
    toValue: (pixel) => span.low + ((pixel - pixels.low) / size) * range,
    ticks: linearTicks(span),
  };
}

/** Base 10; a span must lie above zero. */
export function logScale(span: Span, pixels: Span): Scale {
  const inner = linearScale({ low: Math.log10(span.low), high: Math.log10(span.high) }, pixels);
  return {
    toPixel: (value) => inner.toPixel(Math.log10(value)),
    toValue: (pixel) => 10 ** inner.toValue(pixel),
    ticks: logTicks(span),
  };
}

/** Four to ten marks at 1, 2 or 5 times a power of ten. */
export function linearTicks({ low, high }: Span): number[] {
  const rough = (high - low) / 6;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

/** Powers of ten, and between them 2 and 5 where there is room. */
export function logTicks({ low, high }: Span): number[] {
  const decades = Math.log10(high / low);
  const factors = decades > 4 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    ticks.push(...factors.map((factor) => factor * 10 ** power));
  }
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}
