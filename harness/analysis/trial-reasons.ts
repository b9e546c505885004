import { LatencyHistogram } from '../histogram/latency-histogram.ts';
import type { Reason } from '../model/reason.ts';
import { judgeAccounting, judgeOutcomes } from './judge/accounting.ts';
import { judgeConsistency } from './judge/consistency.ts';
import type { Evidence, JudgementContext, MeasuredFigures } from './judge/measured.ts';
import { judgeSaturation } from './judge/saturation.ts';
import { judgeSteadiness } from './judge/steadiness.ts';
import { judgeSurroundings } from './judge/surroundings.ts';
import { judgeTail } from './judge/tail.ts';

export type { JudgementContext, MeasuredFigures } from './judge/measured.ts';

/** Every rule by which a measured trial is judged. */
const RULES: readonly ((evidence: Evidence) => Reason[])[] = [
  judgeAccounting,
  judgeOutcomes,
  judgeConsistency,
  judgeSaturation,
  judgeSurroundings,
  judgeTail,
  judgeSteadiness,
];

/**
 * What is wrong with a measured trial, from its figures alone; empty for one that can be published as it stands. Codes
 * that the driver already gave in `load.reasons` are not repeated.
 */
export function judgeTrial(figures: MeasuredFigures, context: JudgementContext): Reason[] {
  const responseTime = LatencyHistogram.decode(figures.load.histograms.responseTime);
  const { startUs, endUs } = figures.load.window;
  const evidence: Evidence = { ...figures, context, responseTime, windowUs: endUs - startUs };
  const known = new Set(figures.load.reasons.map((reason) => reason.code));
  try {
    return RULES.flatMap((rule) => rule(evidence)).filter((reason) => !known.has(reason.code));
  } finally {
    responseTime.destroy();
  }
}
