import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../harness/commands/doctor.ts';
import type { Finding } from '../../harness/session/environment/check.ts';
import { MACHINE_CHECKS } from '../../harness/session/environment/checks/index.ts';
import { examine, type FitnessReport, viewMachine } from '../../harness/session/environment/examine.ts';
import {
  type Files,
  fixtureMachine,
  LAPTOP,
  QUIET,
  TUNED_SERVER,
  V1_VM,
} from '../session/environment/fixture-machine.ts';
import { httpdyno } from '../support/cli.ts';

const wide = { columns: 100, colour: false };

async function shown(files: Files, terminal = wide): Promise<string> {
  const machine = fixtureMachine(files, { later: QUIET });
  const report = examine(MACHINE_CHECKS, await viewMachine(machine, async () => new Map()));
  return renderText(report, machine, terminal);
}

/** A report with one finding. */
function reportOf(finding: Partial<Finding>): FitnessReport {
  const plain: Finding = {
    id: 'x',
    group: 'kernel',
    title: 'title',
    status: 'ok',
    value: 'value',
    why: 'why',
    fix: null,
  };
  return { findings: [{ ...plain, ...finding }], warnings: [], unfit: [] };
}

describe('the page of doctor', () => {
  it('shows a line a check with what was seen and why it matters, and below a warning its command', async () => {
    const lines = (await shown(LAPTOP)).split('\n');
    const at = lines.findIndex((line) => line.includes('CPU governor'));
    expect(lines[at]).toBe(
      '  unfit CPU governor        powersave                 clock rates follow the load',
    );
    expect(lines[at + 1]).toBe('        -> sudo cpupower frequency-set -g performance');
    expect(lines).toContain(
      '  ok    clock source        tsc                       each request reads the clock several times',
    );
  });

  it('counts the warnings at the end', async () => {
    expect(await shown(LAPTOP)).toMatch(
      /\nUnfit by 1 check, 4 warnings \(15 ok, 0 unknown\); .* --strict refuses\.$/,
    );
    expect(await shown({ ...TUNED_SERVER, '/proc/sys/net/core/somaxconn': '128' })).toMatch(
      /\nFit: 1 warning \(19 ok, 0 unknown\); `run` keeps .*$/,
    );
    expect(await shown(TUNED_SERVER)).toMatch(/\nFit: nothing warns \(20 ok, 0 unknown\)\.$/);
  });

  it('begins with the machine that it is about', async () => {
    expect((await shown(TUNED_SERVER)).split('\n')[1]).toBe(
      'Test CPU, 8.00 GiB, Test Linux 1, kernel 6.8.0-45-generic',
    );
  });

  it.each([
    ['laptop', LAPTOP],
    ['virtual machine', V1_VM],
    ['server', TUNED_SERVER],
    ['system that tells nothing', {}],
  ])('stays within 100 columns for a %s, on a wider terminal too', async (_, files) => {
    const text = await shown(files, { columns: 240, colour: false });
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('wraps on a narrow terminal, all but the commands, which must be copied', async () => {
    const text = await shown(LAPTOP, { columns: 60, colour: false });
    const long = text.split('\n').filter((line) => line.length > 60);
    expect(long.filter((line) => !line.includes('->') && !line.startsWith('Unfit by'))).toEqual([]);
    expect(text).toContain('clock rates follow the load');
  });

  it('says the same with colour and without', async () => {
    const coloured = await shown(LAPTOP, { columns: 100, colour: true });
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(await shown(LAPTOP));
  });

  it('S8: shows no terminal command that a machine hides in a value', () => {
    const report = reportOf({ value: '\u001b[2Jcleared\u0007', status: 'warn', fix: 'a\u001b]0;x\u0007b' });
    const text = renderText(report, fixtureMachine({}), wide);
    expect(text).toContain('cleared');
    expect(stripVTControlCharacters(text)).toBe(text);
  });

  it('gives a long value lines of its own, and the reason the next', () => {
    const report = reportOf({ value: `${'word '.repeat(20)}end` });
    const lines = renderText(report, fixtureMachine({}), wide).split('\n');
    const at = lines.findIndex((line) => line.includes('title'));
    expect(lines[at]?.length).toBeLessThanOrEqual(100);
    expect(lines[at + 1]).toMatch(/^ {28}(?:word )+.*end$/);
    expect(lines[at + 2]).toBe(`${' '.repeat(28)}why`);
  });
});

describe('httpdyno doctor', () => {
  it('informs about this machine and exits with 0, without colour off a terminal', async () => {
    const { code, stdout, stderr } = await httpdyno(['doctor'], { env: { NO_COLOR: '' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Is this machine fit to measure\?\n/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints one JSON object whose counts are those of its checks; --strict makes the verdict an exit code', async () => {
    const { code, stdout } = await httpdyno(['doctor', '--json', '--strict']);
    const report: {
      schemaVersion: number;
      fitness: string;
      counts: Record<string, number>;
      checks: { status: string; fix: string | null }[];
    } = JSON.parse(stdout);
    const having = (wanted: string) => report.checks.filter(({ status }) => status === wanted);
    const unfit = having('unfit').length > 0;
    expect(report).toMatchObject({ schemaVersion: 1, fitness: unfit ? 'unfit' : 'fit' });
    for (const status of ['ok', 'warn', 'unfit', 'unknown'])
      expect(report.counts[status], status).toBe(having(status).length);
    expect([...having('warn'), ...having('unfit')].every(({ fix }) => fix !== null)).toBe(true);
    expect(code).toBe(unfit ? 4 : 0);
  });

  it('knows neither arguments nor other flags', async () => {
    expect((await httpdyno(['doctor', '--fix'])).code).toBe(2);
    expect((await httpdyno(['doctor', 'me'])).code).toBe(2);
  });
});
