import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Reporter } from '../../harness/model/ports.ts';
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

describe('the files of reporters', () => {
  it('are all in the registry', async () => {
    const folder = new URL('../../harness/reporters/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.includes('client/'),
    );
    const modules = await Promise.all(
      files.map((file): Promise<object> => import(new URL(file, folder).href)),
    );
    const exported = modules.flatMap((one) => Object.values(one)).filter(isReporter);
    expect(exported.length).toBeGreaterThan(10);
    expect(exported.filter((one) => !REPORTERS.includes(one)).map(({ id }) => id)).toEqual([]);
  });
});

function isReporter(value: unknown): value is Reporter {
  return typeof value === 'object' && value !== null && 'fileName' in value && 'render' in value;
}
