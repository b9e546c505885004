import { describe, expect, it } from 'vitest';
import { type ReasonCode, REASONS } from '../../harness/model/reason.ts';
import type { CellSummary } from '../../harness/model/summary.ts';
import {
  placeText,
  type ScenarioTable,
  scenarioTables,
  seenAlike,
} from '../../harness/reporters/scenario-table.ts';
import { METRIC_IDS } from '../../harness/model/metric.ts';
import {
  bigScenario,
  cell,
  metrics,
  inGroups,
  none,
  noMetrics,
  refused,
  report,
  scenario,
  value,
} from './fixtures.ts';

function tableOf(cells: CellSummary[], groups: string[][] = []): ScenarioTable {
  const rankings =
    groups.length === 0
      ? []
      : [{ scenarioId: '1kb', metric: 'throughputRps' as const, places: inGroups(groups) }];
  const [table] = scenarioTables(report({ cells, rankings }, { scenarios: [scenario()] }), METRIC_IDS);
  if (table === undefined) throw new Error('no table');
  return table;
}

describe('the order of rows', () => {
  it('follows the ranking, not the figures alone', () => {
    const table = tableOf([cell('c', 90), cell('b', 100), cell('a', 99)], [['a', 'b'], ['c']]);
    expect(table.rows.map(({ targetId, place }) => [targetId, placeText(place)])).toEqual([
      ['a', '1–2'],
      ['b', '1–2'],
      ['c', '3'],
    ]);
  });

  it('puts lower bounds after figures, and rows without any last', () => {
    const table = tableOf([
      refused('skipped', 'skipped', []),
      refused('aborted', 'aborted', []),
      refused('failed', 'failed', []),
      refused('invalid', 'invalid', []),
      cell('limited', 900, { status: 'limited' }),
      cell('valid', 10),
    ]);
    expect(table.rows.map(({ targetId }) => targetId)).toEqual([
      'valid',
      'limited',
      'invalid',
      'failed',
      'aborted',
      'skipped',
    ]);
  });

  it('ranks by throughput only, whatever other rankings there are', () => {
    const given = report(
      {
        cells: [cell('a', 1), cell('b', 2)],
        rankings: [{ scenarioId: '1kb', metric: 'latencyP99Us', places: inGroups([['a'], ['b']]) }],
      },
      { scenarios: [scenario()] },
    );
    expect(scenarioTables(given, ['throughputRps'])[0]?.rows.map(({ place }) => place)).toEqual([null, null]);
  });
});

describe('what was seen', () => {
  it('is said once where it is alike at several targets', () => {
    const seen = [
      { targetId: 'a', detail: 'x' },
      { targetId: 'b', detail: 'y' },
      { targetId: 'c', detail: 'x' },
      { targetId: 'a', detail: 'x' },
    ];
    expect(seenAlike(seen)).toEqual([
      { targetIds: ['a', 'c'], detail: 'x' },
      { targetIds: ['b'], detail: 'y' },
    ]);
    expect(seenAlike([])).toEqual([]);
  });
});

describe('a row', () => {
  it('has every figure asked for', () => {
    expect([...(tableOf([cell('a', 1)]).rows[0]?.figures.keys() ?? [])]).toEqual(METRIC_IDS);
  });

  it.each(['invalid', 'failed', 'aborted', 'skipped'] as const)(
    'that is %s has no figure, even where its record holds one',
    (status) => {
      const row = tableOf([cell('a', 147_000, { status })]).rows[0];
      expect(row?.figures.size).toBe(0);
      expect(row?.refusal).not.toBeNull();
      expect(row?.place).toBeNull();
    },
  );

  it('without figures names the reasons that forbid them, not those that merely warn', () => {
    const reasons = [
      { code: 'STEAL' as const, detail: '' },
      { code: 'OOM_KILLED' as const, detail: '' },
      { code: 'TARGET_DIED' as const, detail: '' },
    ];
    expect(tableOf([refused('a', 'failed', reasons)]).rows[0]?.refusal).toBe('OOM_KILLED, TARGET_DIED');
  });

  it('of a target that was skipped appears in every scenario, once', () => {
    const skipped = [{ id: 'rocket', name: 'Rocket', why: 'needs cargo' }];
    const scenarios = [scenario(), bigScenario()];
    const without = scenarioTables(report({ cells: [], rankings: [] }, { skipped, scenarios }), []);
    expect(without.map(({ rows }) => rows.map(({ targetId }) => targetId))).toEqual([['rocket'], ['rocket']]);
    const cells = [refused('rocket', 'skipped', [], { metrics: noMetrics('needs cargo') })];
    const withCell = scenarioTables(
      report({ cells, rankings: [] }, { skipped, scenarios: [scenario()] }),
      [],
    );
    expect(withCell[0]?.rows).toHaveLength(1);
  });
});

describe('notes', () => {
  it('number each reason once, with every target that it was seen at', () => {
    const reasons = (detail: string) => [{ code: 'STEAL' as const, detail }];
    const table = tableOf([
      cell('a', 2, { reasons: reasons('3 %') }),
      cell('b', 1, { reasons: reasons('9 %') }),
    ]);
    expect(table.notes).toEqual([
      {
        mark: 1,
        title: 'STEAL',
        sentence: REASONS.STEAL.sentence,
        seen: [
          { targetId: 'a', detail: '3 %' },
          { targetId: 'b', detail: '9 %' },
        ],
      },
    ]);
    expect(table.rows.map(({ marks }) => marks)).toEqual([[1], [1]]);
  });

  it.each([
    ['DRIVER_SATURATED', ['throughputRps', 'goodputRps', 'bandwidthBytesPerSec']],
    ['TAIL_NOT_REPRESENTATIVE', ['latencyP99Us', 'latencyP999Us', 'latencyMaxUs']],
    ['RESOURCES_PARTIAL', ['cpuPercent', 'cpuUsPerRequest', 'memoryRssMeanBytes', 'memoryRssPeakBytes']],
    ['UNCOUNTED_OUTCOMES', ['reliabilityShare']],
  ] satisfies [ReasonCode, string[]][])(
    'mark for %s the figures that it weakens and no other',
    (code, weakened) => {
      const row = tableOf([cell('a', 1, { status: 'limited', reasons: [{ code, detail: '' }] })]).rows[0];
      const marked = [...(row?.figures ?? [])]
        .filter(([, figure]) => figure.marks.length > 0)
        .map(([metric]) => metric);
      expect(marked).toEqual(weakened);
      expect(row?.marks).toEqual([]);
    },
  );

  it.each(['NOT_STEADY', 'ENV_BUSY', 'STEAL', 'SHARED_CPUS', 'STOPPED_BY_KILL'] as const)(
    'mark for %s the whole row',
    (code) => {
      expect(tableOf([cell('a', 1, { reasons: [{ code, detail: '' }] })]).rows[0]?.marks).toEqual([1]);
    },
  );

  it('say why a figure is missing, and nothing of a percentile that merely lacks samples', () => {
    const figures = {
      ...metrics(1, 1, [1]),
      latencyP99Us: none('n/a (needs 662 samples, has 40)'),
      memoryRssPeakBytes: none('permission denied'),
    };
    const table = tableOf([cell('a', 1, { metrics: figures })]);
    expect(table.rows[0]?.figures.get('latencyP99Us')).toEqual({
      text: 'n/a (needs 662)',
      spread: null,
      marks: [],
    });
    expect(table.rows[0]?.figures.get('memoryRssPeakBytes')).toEqual({
      text: 'n/a',
      spread: null,
      marks: [1],
    });
    expect(table.notes.map(({ seen }) => seen)).toEqual([
      [{ targetId: 'a', detail: 'Peak memory: permission denied' }],
    ]);
  });

  it('hold plain text only', () => {
    const table = tableOf([cell('a', 1, { reasons: [{ code: 'STEAL', detail: 'x\u001b[31m\ny' }] })]);
    expect(table.notes[0]?.seen[0]?.detail).toBe('x y');
  });
});

describe('a figure', () => {
  it('of a limited cell is a bound: at least so fast, at most so late, and CPU and memory as they are', () => {
    const row = tableOf([cell('a', 1_000, { status: 'limited' })]).rows[0];
    const textOf = (
      metric: 'throughputRps' | 'latencyP99Us' | 'latencyJitterUs' | 'memoryRssPeakBytes',
    ): string | undefined => row?.figures.get(metric)?.text;
    expect(textOf('throughputRps')).toBe('≥ 1,000');
    expect(textOf('latencyP99Us')).toBe('≤ 192 ms');
    expect(textOf('latencyJitterUs')).toBe('32.0 ms');
    expect(textOf('memoryRssPeakBytes')).toBe('32.0 MiB');
  });

  it('that is no number is missing, and says so', () => {
    const figures = { ...metrics(1, 1, [1]), cpuPercent: value([Number.NaN]) };
    const table = tableOf([cell('a', 1, { metrics: figures })]);
    expect(table.rows[0]?.figures.get('cpuPercent')?.text).toBe('n/a');
    expect(table.notes[0]?.seen[0]?.detail).toBe('CPU: the record holds no such number');
  });
});
