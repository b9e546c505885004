import { formatBytesPerSec, formatNumber, KIB } from '../../base/units.ts';
import type { PublishedFigure } from '../../model/claims-figure.ts';
import { type ClaimedRow, claimedFigure } from './formats/claims.ts';

/** Beside its body a response has a head, which a source may count in its transfer rate; servers rarely send more. */
const MAX_HEAD_BYTES = 8 * KIB;
const GIB_PER_GB = 1.024 ** 3;

/** Rate x body is a transfer rate; the published one must fit it, read in powers of 1,000 or of 1,024. */
export function transferProblem(claimed: ClaimedRow): string | null {
  const figures = transferOf(claimed);
  const { bodyBytes } = claimed.table;
  if (figures === null || bodyBytes === undefined) return null;
  const { rate, transfer } = figures;
  const low = (rate.value - rate.resolution) * bodyBytes;
  const high = (rate.value + rate.resolution) * (bodyBytes + MAX_HEAD_BYTES);
  const fits = [1, otherReading(claimed)].some(
    (scale) =>
      (transfer.value + transfer.resolution) * scale >= low &&
      (transfer.value - transfer.resolution) * scale <= high,
  );
  if (fits) return null;
  const product = rate.value * bodyBytes;
  return `${formatNumber(rate.value)} req/s x ${formatNumber(bodyBytes)} B = ${bothUnits(product)}, published as ${formatBytesPerSec(transfer.value)}`;
}

/** Transfer rate over rate is the size of a response: one and the same for all rows of a table. */
export function impliedBytesProblem(rows: readonly ClaimedRow[]): string | null {
  const sizes = rows
    .flatMap((row) => {
      const figures = transferOf(row);
      if (figures === null) return [];
      const { rate, transfer } = figures;
      const bytes = transfer.value / rate.value;
      const uncertainty = transfer.resolution / rate.value;
      return [{ name: row.source.name, bytes, low: bytes - uncertainty, high: bytes + uncertainty }];
    })
    .toSorted((a, b) => a.bytes - b.bytes);
  const [least, most] = [sizes[0], sizes.at(-1)];
  if (least === undefined || most === undefined || most.low <= least.high + MAX_HEAD_BYTES) return null;
  return `transfer rate / req/s = ${formatNumber(least.bytes)} B a response for ${least.name}, ${formatNumber(most.bytes)} B for ${most.name}: the same body for all cannot be both, in whatever unit`;
}

function transferOf(claimed: ClaimedRow): { rate: PublishedFigure; transfer: PublishedFigure } | null {
  const rate = claimedFigure(claimed, 'throughputRps');
  const transfer = claimedFigure(claimed, 'bandwidthBytesPerSec');
  return rate === null || transfer === null ? null : { rate, transfer };
}

/** What a unit of the column is when its powers of 1,000 are read as powers of 1,024, or the other way round. */
function otherReading({ table }: ClaimedRow): number {
  const unit = table.columns.find(({ metric }) => metric === 'bandwidthBytesPerSec')?.unit ?? 'B/s';
  const power = 'BKMG'.indexOf(unit[0]?.toUpperCase() ?? 'B');
  return 1.024 ** (unit.includes('i') ? -power : power);
}

function bothUnits(bytesPerSec: number): string {
  const binary = `${formatNumber(bytesPerSec / 1e9 / GIB_PER_GB)} GiB/s`;
  return bytesPerSec < 1e9 ? formatBytesPerSec(bytesPerSec) : `${formatBytesPerSec(bytesPerSec)} (${binary})`;
}
