import { describe, expect, it } from 'vitest';
import { REPORTERS } from '../../harness/reporters/index.ts';
import { report } from './fixtures.ts';

describe('the registry of reporters', () => {
  it('gives each reporter an id and a file of its own, straight in the session folder', () => {
    expect(new Set(REPORTERS.map(({ id }) => id)).size).toBe(REPORTERS.length);
    expect(new Set(REPORTERS.map(({ fileName }) => fileName)).size).toBe(REPORTERS.length);
    for (const { fileName } of REPORTERS) expect(fileName).toMatch(/^[a-z-]+\.[a-z]+$/);
  });

  it('renders the same text twice, and leaves the report as it was', () => {
    const given = report();
    const before = JSON.stringify(given);
    for (const reporter of REPORTERS) expect(reporter.render(given)).toBe(reporter.render(given));
    expect(JSON.stringify(given)).toBe(before);
  });
});
