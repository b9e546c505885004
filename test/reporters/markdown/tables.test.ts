import { describe, expect, it } from 'vitest';
import { noteList, pipeTable, shortNoteList } from '../../../harness/reporters/markdown/tables.ts';

describe('a pipe table', () => {
  it('has a rule that aligns figures to the right', () => {
    expect(
      pipeTable(
        ['a', 'b'],
        [false, true],
        [
          ['x', '1'],
          ['y', '2'],
        ],
      ).split('\n'),
    ).toEqual(['| a | b |', '| :--- | ---: |', '| x | 1 |', '| y | 2 |']);
  });
});

describe('a list of notes', () => {
  it('names the reason, what it means, and where it was seen', () => {
    const seen = [
      { targetId: 'a_', detail: '3 | 4' },
      { targetId: 'b', detail: '' },
    ];
    expect(noteList([{ mark: 1, title: 'STEAL', sentence: 'the hypervisor took time', seen }])).toBe(
      '- ¹ `STEAL`: the hypervisor took time (a\\_: 3 \\| 4; b)',
    );
  });

  it('says once what was seen alike at several targets', () => {
    const seen = ['a', 'b', 'c', 'c'].map((targetId, index) => ({
      targetId,
      detail: index === 1 ? 'other' : 'same',
    }));
    expect(noteList([{ mark: 1, title: 'STEAL', sentence: 'time was taken', seen }])).toBe(
      '- ¹ `STEAL`: time was taken (a, c: same; b: other)',
    );
  });

  it('may leave out what was seen, where the table tells at which target', () => {
    const seen = [{ targetId: 'a', detail: 'x'.repeat(500) }];
    expect(shortNoteList([{ mark: 2, title: 'STEAL', sentence: 'time was taken', seen }])).toBe(
      '- ² `STEAL`: time was taken',
    );
  });

  it('is nothing without notes', () => {
    expect(noteList([])).toBe('');
    expect(shortNoteList([])).toBe('');
  });
});
