export const US_PER_MS = 1_000;
export const US_PER_S = 1_000_000;
export const NS_PER_US = 1_000;
export const MS_PER_S = 1_000;
export const KIB = 1_024;
export const MIB = 1_048_576;

const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration with its unit (`500ms`, `10s`, `1.5m`), or null where it is not one. Zero is a duration. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text);
  const factor = DURATION_UNITS_MS[match?.[2] ?? ''];
  if (match?.[1] === undefined || factor === undefined) return null;
  return Number(match[1]) * factor;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kib: KIB,
  mib: MIB,
  gib: MIB * KIB,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};

/** Bytes of a size with its unit (`512MiB`, `64 kB`), or null where it is not one. */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)\s?(b|kib|mib|gib|kb|mb|gb)$/i.exec(text);
  const factor = BYTE_UNITS[match?.[2]?.toLowerCase() ?? ''];
  if (match?.[1] === undefined || factor === undefined) return null;
  return Math.round(Number(match[1]) * factor);
}

/** A number with three significant digits below 1,000 and grouped digits above: `4.21`, `97.4`, `84,113`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const magnitude = Math.abs(value);
  if (magnitude >= 999.5) return Math.round(value).toLocaleString('en-US');
  if (magnitude >= 99.95) return value.toFixed(0);
  if (magnitude >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** A duration given in µs in the unit a person would choose: `85 µs`, `1.22 ms`, `2.50 s`. */
export function formatUs(us: number): string {
  if (us < 999.5) return `${formatNumber(us)} µs`;
  if (us < 999_500) return `${formatNumber(us / US_PER_MS)} ms`;
  return `${formatNumber(us / US_PER_S)} s`;
}

/** A duration given in ms for progress lines: `850ms`, `12.5s`, `3m 05s`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
}

/** Bytes in binary units: `1.00 KiB`, `96.2 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) return `${Math.round(bytes)} B`;
  if (bytes < MIB) return `${formatNumber(bytes / KIB)} KiB`;
  if (bytes < MIB * KIB) return `${formatNumber(bytes / MIB)} MiB`;
  return `${formatNumber(bytes / MIB / KIB)} GiB`;
}

/** A transfer rate in decimal units, as networks are rated: `6.80 GB/s`. */
export function formatBytesPerSec(rate: number): string {
  if (rate < 1e6) return `${formatNumber(rate / 1e3)} kB/s`;
  if (rate < 1e9) return `${formatNumber(rate / 1e6)} MB/s`;
  return `${formatNumber(rate / 1e9)} GB/s`;
}

/** A share in [0, 1] as percent: `99.98 %`. */
export function formatShare(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}
