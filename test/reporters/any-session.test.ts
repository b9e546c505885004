import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_IDS, type MetricId } from '../../harness/model/metric.ts';
import type { Report } from '../../harness/model/ports.ts';
import { type Reason, type ReasonCode, REASONS } from '../../harness/model/reason.ts';
import type { CellStatus, CellSummary, MetricSummary } from '../../harness/model/summary.ts';
import { REPORTERS } from '../../harness/reporters/index.ts';
import { renderTerminal } from '../../harness/reporters/terminal.ts';
import { bigScenario, inGroups, report, scenario, session, trial } from './fixtures.ts';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '</script>',
    '<img src=x onerror=x>',
    '| a | b |',
    '=cmd()',
    '\u001b]0;x\u0007',
    '\u2028',
    '{a|b}',
    '`',
    '$&',
  ),
);
const figure = fc.oneof(
  fc.double({ min: 0, max: 1e12 }),
  fc.constantFrom(0, -1, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE),
);
const summary: fc.Arbitrary<MetricSummary> = fc.oneof(
  fc.record({ kind: fc.constant('none' as const), why: hostileText }),
  fc.record({
    kind: fc.constant('value' as const),
    estimate: figure,
    min: figure,
    max: figure,
    interval: fc.option(fc.record({ low: figure, high: figure })),
    values: fc.array(figure, { maxLength: 4 }),
  }),
);
const reason: fc.Arbitrary<Reason> = fc.record({
  code: fc.constantFrom(
    ...Object.keys(REASONS).filter((code): code is ReasonCode => Object.hasOwn(REASONS, code)),
  ),
  detail: hostileText,
});
const statuses: readonly CellStatus[] = ['valid', 'limited', 'invalid', 'failed', 'aborted', 'skipped'];

const cells: fc.Arbitrary<CellSummary> = fc
  .tuple(
    hostileText,
    hostileText,
    fc.constantFrom('1kb', '1mb'),
    fc.constantFrom(...statuses),
    fc.array(reason, { maxLength: 3 }),
    fc.array(summary, { minLength: METRIC_IDS.length, maxLength: METRIC_IDS.length }),
  )
  .map(([targetId, targetName, scenarioId, status, reasons, figures]) => ({
    targetId,
    targetName,
    scenarioId,
    status,
    reasons,
    trialsValid: 1,
    trialsTotal: 2,
    metrics: metricsOf(figures),
  }));

function metricsOf(figures: readonly MetricSummary[]): Record<MetricId, MetricSummary> {
  const [first = { kind: 'none', why: '' } as const] = figures;
  const all = METRIC_IDS.map((id, index) => [id, figures[index] ?? first] as const);
  return { ...report().summary.cells[0]?.metrics, ...Object.fromEntries(all) } as Record<
    MetricId,
    MetricSummary
  >;
}

const anyReport: fc.Arbitrary<Report> = fc
  .tuple(fc.array(cells, { maxLength: 5 }), fc.array(hostileText, { maxLength: 2 }), hostileText)
  .map(([given, warnings, text]) => {
    const ids = given.map(({ targetId }) => targetId);
    const first = session().targets[0];
    return report(
      {
        cells: given,
        warnings,
        rankings: [{ scenarioId: '1kb', metric: 'throughputRps', places: inGroups([ids]) }],
      },
      {
        id: text,
        targets: first === undefined ? [] : ids.map((id) => ({ ...first, id, name: text })),
        scenarios: [scenario({ title: text }), bigScenario()],
        skipped: [{ id: text, name: text, why: text }],
        trials: ids.map((id, index) => trial(index, id, 100, { logTail: [text] })),
      },
    );
  });

const RUNS = { numRuns: 40 };

describe('S8 of any session, however hostile its texts and odd its figures,', () => {
  it.each(REPORTERS.map((reporter) => [reporter.id, reporter] as const))(
    '%s makes text without control characters',
    (id, reporter) => {
      fc.assert(
        fc.property(anyReport, (given) => {
          const text = reporter.render(given);
          // NDJSON keeps what was recorded, escaped by JSON; CSV ends its lines with CR LF.
          const lines = id === 'csv' ? text.replaceAll('\r\n', '\n') : text;
          // oxlint-disable-next-line no-control-regex
          expect(lines).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u2029]/);
          if (id !== 'ndjson') expect(lines).not.toMatch(/[\u007f-\u009f\u202e]/);
        }),
        RUNS,
      );
    },
  );

  it('the terminal gets no command, and no line that is too long', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 60, max: 160 }), (given, width) => {
        const text = renderTerminal(given, { width, colour: false });
        // oxlint-disable-next-line no-control-regex
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(width);
      }),
      RUNS,
    );
  });

  it.each(
    REPORTERS.filter(({ id }) => id !== 'ndjson' && id !== 'html').map((one) => [one.id, one] as const),
  )('%s shows no NaN and no Infinity that a name did not bring', (_, reporter) => {
    fc.assert(
      fc.property(anyReport, (given) => {
        expect(reporter.render(given)).not.toMatch(/\bNaN\b|\bInfinity\b|\bundefined\b/);
      }),
      RUNS,
    );
  });
});
