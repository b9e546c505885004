import { describe, expect, it } from 'vitest';
import { renderNdjson } from '../../../harness/reporters/exports/ndjson.ts';
import { report } from '../fixtures.ts';

function records(text: string): { type: string }[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the NDJSON export', () => {
  it('holds the session, its trials, cells, rankings and warnings, one a line', () => {
    const types = records(renderNdjson(report({ warnings: ['one round'] }))).map(({ type }) => type);
    const count = (type: string): number => types.filter((one) => one === type).length;
    expect([count('session'), count('trial'), count('cell'), count('ranking'), count('warning')]).toEqual([
      1, 3, 8, 2, 1,
    ]);
  });

  it('loses nothing of a trial', () => {
    const given = report();
    const trial = records(renderNdjson(given)).find(({ type }) => type === 'trial');
    expect(trial).toEqual({ type: 'trial', session: given.session.id, ...given.session.trials[0] });
  });

  it('S8 keeps a record on its line, whatever is in it', () => {
    const text = renderNdjson(report({ warnings: ['a\nb\u2028c\u2029d\re'] }));
    expect(text).not.toMatch(/[\u2028\u2029\r]/);
    expect(records(text).at(-1)).toMatchObject({ text: 'a\nb\u2028c\u2029d\re' });
  });
});
