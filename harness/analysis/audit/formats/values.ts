import { US_PER_MS, US_PER_S } from '../../../base/units.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A number multiplied, null staying null. */
export function times(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

/** Sum of the numbers of an object's values: counts by status, by error. */
export function sumOf(object: JsonObject | null, include: (key: string) => boolean = () => true): number {
  return Object.entries(object ?? {}).reduce(
    (sum, [key, value]) => sum + (include(key) ? (asNumber(value) ?? 0) : 0),
    0,
  );
}

const TIME_UNITS_US: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: US_PER_MS,
  s: US_PER_S,
  sec: US_PER_S,
  secs: US_PER_S,
  m: 60 * US_PER_S,
  h: 3_600 * US_PER_S,
};

/** A time with its unit (`1.22ms`, `188us`, `0.0015 secs`), in µs with half of its last digit; null where it is none. */
export function parseTimeUs(text: string): { us: number; resolutionUs: number } | null {
  const match = /^\s*(\d{1,12})(?:\.(\d{1,9}))?\s*([a-zµ]{1,4})\s*$/i.exec(text);
  const factor = TIME_UNITS_US[match?.[3]?.toLowerCase() ?? ''];
  if (match?.[1] === undefined || factor === undefined) return null;
  const digits = match[2] ?? '';
  return {
    // Decimal text in binary fractions: 2.01 ms shall be 2,010 µs.
    us: Number((Number(`${match[1]}.${digits === '' ? '0' : digits}`) * factor).toFixed(6)),
    resolutionUs: (factor * 10 ** -digits.length) / 2,
  };
}

/** The first time that a pattern captures in a text. */
export function timeIn(text: string, pattern: RegExp): { us: number; resolutionUs: number } | null {
  const captured = pattern.exec(text)?.[1];
  return captured === undefined ? null : parseTimeUs(captured);
}

/** The first number that a pattern captures in a text. */
export function numberIn(text: string, pattern: RegExp): number | null {
  const captured = pattern.exec(text)?.[1];
  return captured === undefined ? null : asNumber(Number(captured.replaceAll(',', '')));
}
