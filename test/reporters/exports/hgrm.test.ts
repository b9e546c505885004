import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import type { PercentileCurve } from '../../../harness/model/summary.ts';
import { hgrmReporters, renderHgrm } from '../../../harness/reporters/exports/hgrm.ts';
import { report } from '../fixtures.ts';

/** A histogram's own text, and the curve that its numbers make. */
function oracle(values: readonly number[]): { text: string; curve: PercentileCurve } {
  const histogram = build({ useWebAssembly: false });
  for (const value of values) histogram.recordValue(value);
  const text = histogram.outputPercentileDistribution();
  const points = [...text.matchAll(/^ +([\d.]+) +([\d.]+) +(\d+)/gm)].map(([, value, share, count]) => ({
    percentile: Number(share) * 100,
    latencyUs: Number(value),
    count: Number(count),
  }));
  const curve = {
    points,
    samples: histogram.totalCount,
    meanUs: histogram.mean,
    stdevUs: histogram.stdDeviation,
    maxUs: histogram.maxValue,
  };
  return { text, curve };
}

describe('the percentile text', () => {
  it('is what HdrHistogram itself prints, but for the sizes of its buckets', () => {
    const { text, curve } = oracle(Array.from({ length: 1_000 }, (_, index) => 100 + index * 3));
    const own = text.split('\n').filter((line) => !line.startsWith('#[Buckets'));
    expect(renderHgrm(curve).split('\n')).toEqual(own);
  });

  it('is one file for each cell that has a distribution', () => {
    const files = hgrmReporters(report());
    expect(files.map(({ fileName }) => fileName)).toEqual([
      'node-http.1kb.hgrm',
      'tokio.1kb.hgrm',
      'hyperlane.1kb.hgrm',
      'tokio.1mb.hgrm',
      'hyperlane.1mb.hgrm',
      'node-http.1mb.hgrm',
    ]);
    expect(files[0]?.render(report())).toMatch(/^ {7}Value {5}Percentile TotalCount 1\/\(1-Percentile\)\n\n/);
  });
});
