import { describe, expect, it } from 'vitest';
import { auditSession } from '../../../harness/analysis/audit/audit-session.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { Session } from '../../../harness/model/session.ts';
import type { Summary } from '../../../harness/model/summary.ts';
import { encoded, HEALTHY } from '../support/figures.ts';
import { SCENARIO, session, trial } from '../support/sessions.ts';

// One connection each, as the healthy load has: 1,000 answers of 10 ms.
const honest: Session = session([0, 1, 2, 3, 4, 5].map((round) => trial({ round })));
const audit = (change: (copy: { session: Session; summary: Summary }) => void): string[] => {
  const copy = structuredClone({ session: honest, summary: summarize(honest) });
  change(copy);
  return auditSession('session.json', copy.session, copy.summary).map(
    ({ rule, message }) => `${rule}: ${message}`,
  );
};
const firstLoad = ({
  session: { trials },
}: {
  session: Session;
}): NonNullable<Extract<Session['trials'][number], { verdict: 'valid' }>['load']> => {
  const first = trials[0];
  if (first?.verdict !== 'valid') throw new Error('no valid trial');
  return first.load;
};

describe('the audit of a session', () => {
  it('P12: recomputes every figure of an honest session and finds nothing', () => {
    expect(SCENARIO.drain).toBe(2_000);
    expect(audit(() => undefined)).toEqual([]);
    expect(auditSession('session.json', honest, null)).toEqual([]);
    expect(auditSession('session.json', honest, JSON.parse(JSON.stringify(summarize(honest))))).toEqual([]);
  });

  it.each([
    ['estimate', { estimate: 101 }],
    ['min', { min: 1 }],
    ['max', { max: 1_000 }],
    ['low end of the interval', { interval: { low: 90, high: 100 } }],
    ['low end of the interval', { interval: null }],
    ['trial 2', { values: [100, 99, 100, 100, 100, 100] }],
  ])('notices a published figure that the raw data do not give (%s)', (what, change) => {
    const found = audit(({ summary }) => {
      const figure = summary.cells[0]?.metrics.throughputRps;
      if (figure?.kind === 'value') Object.assign(figure, change);
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^RECOMPUTED: throughputRps: ${what} `));
  });

  it('notices a percentile that was not read from the merged histogram', () => {
    const found = audit(({ summary }) => {
      const figure = summary.cells[0]?.metrics.latencyP99Us;
      if (figure?.kind === 'value') figure.estimate *= 0.9;
    });
    expect(found[0]).toMatch(/^RECOMPUTED: latencyP99Us: estimate/);
  });

  it('notices a status, a ranking or a cell that was made up or left out', () => {
    expect(audit(({ summary }) => summary.rankings.pop())[0]).toMatch(/rankings are not those/);
    expect(audit(({ summary }) => void (summary.cells = []))[0]).toMatch(/left out of what is published/);
    const status = audit(({ summary: { cells } }) => cells.forEach((cell) => void (cell.status = 'failed')));
    expect(status).toEqual(['RECOMPUTED: status failed published, valid recomputed']);
    const invented = audit(({ summary: { cells } }) => {
      const [first] = cells;
      if (first !== undefined) cells.push({ ...first, targetId: 'ghost' });
    });
    expect(invented).toEqual(['RECOMPUTED: the session has no such cell']);
  });

  it('P2: notices counts that do not balance, whatever the record calls itself', () => {
    const found = audit((copy) => void firstLoad(copy).counts.sent++);
    expect(found[0]).toBe('ACCOUNTING: sent 1001, but outcomes sum to 1000');
    expect(found[1]).toMatch(/^VERDICT: is called valid, but its figures say COUNTS_UNBALANCED/);
  });

  it('notices a valid trial whose histogram was exchanged', () => {
    const found = audit((copy) => {
      firstLoad(copy).histograms.responseTime = encoded(HEALTHY.latenciesUs.map((us) => us / 2));
    });
    expect(found[0]).toMatch(/^VERDICT: is called valid, but its figures say INCONSISTENT/);
    expect(found.slice(1).every((each) => each.startsWith('RECOMPUTED'))).toBe(true);
    expect(found.length).toBeGreaterThan(1);
  });

  it('notices a trial that is called valid against its own reasons', () => {
    const found = audit(({ session: { trials } }) => {
      trials[0]?.reasons.push({ code: 'DRIVER_SATURATED', detail: 'CPU 100 %' });
    });
    expect(found).toContain('VERDICT: is called valid, but its reasons amount to invalid');
  });
});
