import type { Report } from '../../../harness/model/ports.ts';
import type { Trial } from '../../../harness/model/trial.ts';
import { cell, inGroups, loadResult, refused, report, session, trial } from '../fixtures.ts';

/** The usual report with trials of three rounds for both scenarios, among them one of each unhappy kind. */
export function pageReport(sessionId = 'session-a'): Report {
  const rates: [string, number][] = [
    ['tokio', 147_000],
    ['hyperlane', 146_000],
    ['node-http', 78_000],
  ];
  const valid = rates.flatMap(([id, rps], target) =>
    [0, 1, 2].map((round) => trial(target * 3 + round, id, rps * (1 + round / 50), { round })),
  );
  const { load, resources, machine, ...rest } = trial(20, 'gin', 80_000);
  const unhappy: Trial[] = [
    {
      ...rest,
      verdict: 'failed',
      load: null,
      resources: null,
      machine: null,
      reasons: [{ code: 'TARGET_DIED', detail: 'signal SIGSEGV after 3.2s' }],
      logTail: ['panic: out of luck'],
    },
    {
      ...rest,
      index: 21,
      verdict: 'invalid',
      load,
      resources,
      machine,
      reasons: [{ code: 'NOISY_ENV', detail: 'pressure 61 %' }],
    },
    { ...rest, index: 22, verdict: 'aborted', reasons: [{ code: 'INTERRUPTED', detail: '' }] },
  ];
  return report({}, { id: sessionId, trials: [...valid, ...unhappy] });
}

/** A session of 500 trials, each with a histogram of the size that real latencies make. */
export function largeReport(): Report {
  const ids = Array.from({ length: 25 }, (_, index) => `target-${index}`);
  const first = session().targets[0];
  const targets = first === undefined ? [] : ids.map((id) => ({ ...first, id }));
  const histogram = `HISTFAAA${'QRSTUVWXYZ'.repeat(300)}`;
  const trials = Array.from({ length: 500 }, (_, index) => {
    const histograms = { serviceTime: histogram, responseTime: histogram, sendDelay: null };
    const load = loadResult(1_000 + index, { histograms });
    const scenarioId = index % 2 === 0 ? '1kb' : '1mb';
    return trial(index, ids[(index >> 1) % 25] ?? '', 1, { round: Math.floor(index / 50), scenarioId, load });
  });
  const cells = ids.flatMap((id, index) => [
    cell(id, 1_000 + index),
    cell(id, 900 + index, { scenarioId: '1mb' }),
  ]);
  return report({ cells, rankings: [] }, { targets, trials });
}

/** Everything that is not ours is hostile: names, details, log lines, headers, a URL. */
export function hostileReport(): Report {
  const hostile = HOSTILE;
  const targets = session().targets.map((one) => ({
    ...one,
    id: hostile,
    name: hostile,
    framework: hostile,
  }));
  const { load, resources, machine, ...rest } = trial(1, hostile, 10);
  const failed: Trial = {
    ...rest,
    verdict: 'failed',
    load,
    resources,
    machine,
    reasons: [{ code: 'TARGET_DIED', detail: hostile }],
    logTail: [hostile],
    argv: [hostile],
  };
  const scenario = session().scenarios[0];
  const scenarios = scenario === undefined ? [] : [{ ...scenario, title: hostile }];
  return report(
    {
      cells: [
        cell(hostile, 10, { targetName: hostile, reasons: [{ code: 'STEAL', detail: hostile }] }),
        refused(`${hostile}2`, 'failed', [{ code: 'TARGET_DIED', detail: hostile }]),
      ],
      rankings: [{ scenarioId: '1kb', metric: 'throughputRps', places: inGroups([[hostile]]) }],
      warnings: [hostile],
    },
    {
      id: hostile,
      argv: ['run', hostile],
      targets,
      scenarios,
      trials: [trial(0, hostile, 10), failed],
      skipped: [{ id: `${hostile}3`, name: hostile, why: hostile }],
      environment: { ...session().environment, cpuModel: hostile, warnings: [hostile] },
    },
  );
}

export const HOSTILE = `</script><img src=x onerror="window.owned=1"><svg onload=window.owned=1>"onmouseover='window.owned=1' \u2028 javascript:window.owned=1 <!--<script>window.owned=1</script>`;
