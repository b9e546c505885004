import { describe, expect, it } from 'vitest';
import { summarize } from '../../harness/analysis/summarize.ts';
import { METRIC_IDS } from '../../harness/model/metric.ts';
import type { CellSummary } from '../../harness/model/summary.ts';
import type { RankedPlace } from '../../harness/model/summary.ts';
import type { Trial } from '../../harness/model/trial.ts';
import { SCENARIO, session, trial } from './support/sessions.ts';

const constant = (count: number, us: number): { latenciesUs: number[] } => ({
  latenciesUs: Array.from({ length: count }, () => us),
});

/** `rounds` trials of a target; completions vary by round, latency stays. */
const rounds = (targetId: string, perRound: readonly number[], us = 100): Trial[] =>
  perRound.map((count, round) => trial({ targetId, round, load: constant(count, us) }));

const cellOf = (trials: readonly Trial[], targetId = 'alpha'): CellSummary => {
  const cell = summarize(session(trials)).cells.find((each) => each.targetId === targetId);
  if (cell === undefined) throw new Error(`no cell of ${targetId}`);
  return cell;
};

describe('the summary of a cell', () => {
  it('takes the median over trials and shows their spread in round order', () => {
    const cell = cellOf(rounds('alpha', [1_200, 1_000, 1_100]).toReversed());
    expect(cell).toMatchObject({ status: 'valid', trialsValid: 3, trialsTotal: 3, reasons: [] });
    expect(cell.metrics.throughputRps).toEqual({
      kind: 'value',
      estimate: 110,
      min: 100,
      max: 120,
      interval: null,
      values: [120, 100, 110],
    });
  });

  it('gives the median an interval from six trials on', () => {
    const five = cellOf(rounds('alpha', [1_000, 1_010, 1_020, 1_030, 1_040])).metrics.throughputRps;
    const six = cellOf(rounds('alpha', [1_000, 1_010, 1_020, 1_030, 1_040, 1_050])).metrics.throughputRps;
    expect(five).toMatchObject({ interval: null });
    expect(six).toMatchObject({ interval: { low: 100, high: 105 } });
  });

  it('M7: reads percentiles from the merged histogram, never from an average of trials', () => {
    const trials = [
      trial({ round: 0, load: constant(9_000, 100) }),
      trial({ round: 1, load: constant(1_000, 900) }),
    ];
    const { latencyP50Us, latencyP99Us } = cellOf(trials).metrics;
    expect(latencyP50Us).toMatchObject({ estimate: 100, min: 100, max: 900 });
    expect(latencyP99Us).toMatchObject({ estimate: 900 });
  });

  it('publishes no percentile that one of the trials is too short for', () => {
    const { latencyP99Us } = cellOf(rounds('alpha', [1_000, 600])).metrics;
    expect(latencyP99Us).toEqual({ kind: 'none', why: 'n/a (needs 662 samples, has 600)' });
  });

  it('takes the largest of all trials as the maximum', () => {
    const trials = [
      trial({ round: 0, load: constant(100, 500) }),
      trial({ round: 1, load: constant(100, 90) }),
    ];
    expect(cellOf(trials).metrics.latencyMaxUs).toMatchObject({ estimate: 500, interval: null });
  });
});

describe('the status of a cell', () => {
  const limited = { code: 'DRIVER_SATURATED' as const, detail: 'CPU 99 %' };
  const failed = { code: 'TARGET_ERRORS' as const, detail: '1 reset' };
  const noisy = { code: 'NOISY_ENV' as const, detail: 'burners' };
  const aborted = { code: 'INTERRUPTED' as const, detail: 'SIGINT' };
  const of = (
    ...codes: (typeof limited | typeof failed | typeof noisy | typeof aborted | null)[]
  ): CellSummary =>
    cellOf(
      codes.map((reason, round) =>
        trial({ round, reasons: reason === null ? [] : [reason], load: constant(1_000 + round * 100, 100) }),
      ),
    );

  it('publishes the valid trials where they are the most', () => {
    const cell = of(null, failed, null);
    expect(cell).toMatchObject({ status: 'valid', trialsValid: 2, trialsTotal: 3, reasons: [failed] });
    expect(cell.metrics.throughputRps).toMatchObject({ values: [100, 120] });
  });

  it('does not choose trials by their outcome: a half held back makes bounds of them all', () => {
    const cell = of(null, limited, limited);
    expect(cell).toMatchObject({ status: 'limited', trialsValid: 1 });
    expect(cell.metrics.throughputRps).toMatchObject({ estimate: 110, values: [100, 110, 120] });
  });

  it.each([
    ['failed', [failed, failed, null]],
    ['failed', [failed, noisy, null]],
    ['invalid', [noisy, noisy, failed]],
    ['invalid', [noisy]],
    ['aborted', [aborted]],
  ] as const)('is %s and publishes no figure (%#)', (status, reasons) => {
    const cell = of(...reasons);
    expect(cell.status).toBe(status);
    for (const id of METRIC_IDS) expect(cell.metrics[id].kind).toBe('none');
  });

  it('says in place of a figure why there is none', () => {
    expect(of(failed).metrics.throughputRps).toEqual({
      kind: 'none',
      why: 'TARGET_ERRORS: responses were wrong, cut off or missing',
    });
  });

  it('does not publish a held-back trial that has no figures', () => {
    const lost: Trial = {
      ...trial({ reasons: [limited] }),
      verdict: 'invalid',
      load: null,
      resources: null,
      machine: null,
    };
    expect(cellOf([lost])).toMatchObject({ status: 'invalid', metrics: { throughputRps: { kind: 'none' } } });
  });

  it('does not hold an interruption against a target', () => {
    expect(of(null, aborted).status).toBe('valid');
  });

  it('names each reason once, with the detail of the first trial', () => {
    const again = { ...noisy, detail: 'later' };
    expect(of(noisy, again, failed).reasons).toEqual([noisy, failed]);
  });

  it('lists a skipped target in every scenario', () => {
    const skipped = [{ id: 'gin', name: 'Gin', why: 'Go is not installed' }];
    const { cells, rankings } = summarize(session(rounds('alpha', [1_000]), { skipped }));
    expect(cells[1]).toMatchObject({
      targetName: 'Gin',
      scenarioId: '1kb',
      status: 'skipped',
      trialsTotal: 0,
    });
    expect(cells[1]?.metrics.throughputRps).toEqual({ kind: 'none', why: 'Go is not installed' });
    expect(rankings.flatMap(({ places }) => places.map(({ targetId }) => targetId))).not.toContain('gin');
  });
});

describe('rankings', () => {
  const rankingOf = (trials: readonly Trial[]): RankedPlace[] | undefined =>
    summarize(session(trials)).rankings.find(({ metric }) => metric === 'throughputRps')?.places;

  it('P1: leave out every target without a valid cell', () => {
    const saturated = rounds('beta', [9_000, 9_000, 9_000]).map((each) =>
      trial({ targetId: 'beta', round: each.round, reasons: [{ code: 'DRIVER_SATURATED', detail: '' }] }),
    );
    expect(rankingOf([...rounds('alpha', [1_000, 1_001, 1_002]), ...saturated])).toEqual([
      { targetId: 'alpha', from: 1, to: 1, aheadOf: [] },
    ]);
  });

  it('separate what three rounds tell apart, best first', () => {
    const trials = [...rounds('slow', [1_000, 1_002, 1_004]), ...rounds('fast', [2_000, 2_005, 2_006])];
    expect(rankingOf(trials)).toEqual([
      { targetId: 'fast', from: 1, to: 1, aheadOf: ['slow'] },
      { targetId: 'slow', from: 2, to: 2, aheadOf: [] },
    ]);
  });
});

describe('warnings of a session', () => {
  const four = (values: readonly number[]): Trial[] =>
    values.flatMap((value, i) => rounds(`t${i}`, [value, value, value, value, value, value]));
  const warnings = (...args: Parameters<typeof session>): string[] => summarize(session(...args)).warnings;

  it('G19: more than three targets within 1 % of each other stand at a ceiling', () => {
    const found = warnings(four([10_000, 10_020, 10_050, 10_090, 5_000]));
    expect(found).toEqual([
      expect.stringMatching(/^RANKING_AT_CEILING: in 1kb .*T0, T1, T2, T3 lie between/),
    ]);
  });

  it('G19: three targets, or four further apart, are no ceiling', () => {
    expect(warnings(four([10_000, 10_020, 10_050, 5_000]))).toEqual([]);
    expect(warnings(four([10_000, 10_050, 10_100, 10_150]))).toEqual([]);
  });

  it('G19: an open loop puts targets side by side by design', () => {
    const scenarios = [{ ...SCENARIO, loop: { kind: 'open', rateRps: 100, arrivals: 'constant' } as const }];
    expect(warnings(four([10_000, 10_000, 10_000, 10_000]), { scenarios })).toEqual([]);
  });

  it('say that one round tells nothing about chance, and that five give no interval', () => {
    expect(warnings(rounds('alpha', [1_000]))[0]).toMatch(/^One round tells nothing about chance/);
    expect(warnings(rounds('alpha', [1_000, 1_000, 1_000, 1_000, 1_000]))[0]).toMatch(/^With 5 rounds/);
    expect(warnings(rounds('alpha', [1_000, 1_000, 1_000, 1_000, 1_000, 1_000]))).toEqual([]);
  });

  it('count planned trials that never ended', () => {
    const whole = session(
      rounds(
        'alpha',
        [1, 1, 1, 1, 1, 1].map((each) => each * 1_000),
      ),
    );
    const partial = { ...whole, trials: whole.trials.slice(0, 4) };
    expect(summarize(partial).warnings).toEqual(['Only 4 of 6 planned trials have ended.']);
  });
});
