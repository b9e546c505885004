import { describe, expect, it } from 'vitest';
import {
  BEGIN_MARKER,
  END_MARKER,
  renderMarkedBlock,
  updateBetweenMarkers,
} from '../../harness/reporters/markers.ts';
import { report } from './fixtures.ts';

function updated(text: string): string {
  const update = updateBetweenMarkers(text, report());
  return update.kind === 'updated' ? update.text : `refused: ${update.why}`;
}

const readme = `# Title\n\nbefore\n${BEGIN_MARKER}\nold table\n${END_MARKER}\nafter\n`;

describe('the table between markers', () => {
  it('replaces what stands between them and nothing else', () => {
    const text = updated(readme);
    expect(text.startsWith(`# Title\n\nbefore\n${BEGIN_MARKER}\n`)).toBe(true);
    expect(text.endsWith(`\n${END_MARKER}\nafter\n`)).toBe(true);
    expect(text).not.toContain('old table');
    expect(text).toContain('| 1–2 | tokio | 147,000 ±2.5 %');
  });

  it('explains its marks in a line each, without the details of every target', () => {
    const notes = renderMarkedBlock(report())
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(notes).toContain(
      '- ¹ `NOT_STEADY`: the target had not settled when the measurement began, or drifted',
    );
    for (const note of notes) expect(note.length).toBeLessThan(140);
  });

  it('changes nothing when it is repeated', () => {
    expect(updated(updated(readme))).toBe(updated(readme));
  });

  it('says which machine, Node, run and method the figures come from', () => {
    const lines = renderMarkedBlock(report()).split('\n').slice(0, 4);
    expect(lines).toEqual([
      '* __Machine:__ Test CPU 3000, 2 CPUs, Debian GNU/Linux 13 (trixie), kernel 6.12.0',
      '* __Node:__ v24.21.0',
      '* __Run:__ 2026-11-20, httpdyno 0.1.0, `npm run bench -- --rounds 3 --seed 42`',
      expect.stringMatching(/^\* __Method:__ 1 KB: 64 connections, closed loop, 7s, 3 rounds; /),
    ]);
  });

  it('keeps the line ends of the file', () => {
    const text = updated(readme.replaceAll('\n', '\r\n'));
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it.each([
    ['no markers', 'text'],
    ['only one marker', `a ${BEGIN_MARKER} b`],
    ['a marker twice', `${BEGIN_MARKER} ${BEGIN_MARKER} ${END_MARKER}`],
    ['markers in the wrong order', `${END_MARKER} ${BEGIN_MARKER}`],
  ])('refuses %s with a sentence', (_, text) => {
    expect(updated(text)).toMatch(/^refused: /);
  });

  it('does not take a marker within a figure or name for its own', () => {
    const hostile = report({ warnings: [] }, { startedAt: END_MARKER });
    const update = updateBetweenMarkers(readme, hostile);
    const text = update.kind === 'updated' ? update.text : '';
    expect(text.split(END_MARKER)).toHaveLength(2);
  });
});
