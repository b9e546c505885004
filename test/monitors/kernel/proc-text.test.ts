import { describe, expect, it } from 'vitest';
import {
  hasEnded,
  keyedNumber,
  parseMachineTicks,
  parsePressure,
  parseProcessStat,
  parseSchedstatNs,
  requiredNumber,
} from '../../../harness/monitors/kernel/proc-text.ts';
import { statLine } from '../support/fixture-tree.ts';

describe('the text of /proc', () => {
  it('gives the times of a process, of its children, and where it stands', () => {
    const text = statLine({
      pid: 7,
      parent: 3,
      group: 5,
      session: 4,
      user: 11,
      system: 12,
      childUser: 13,
      childSystem: 14,
      threads: 9,
      start: 77,
    });
    expect(parseProcessStat(text)).toEqual({
      pid: 7,
      state: 'S',
      parentPid: 3,
      groupId: 5,
      sessionId: 4,
      userTicks: 11,
      systemTicks: 12,
      childUserTicks: 13,
      childSystemTicks: 14,
      threads: 9,
      startTicks: 77,
    });
  });

  it.each(['a b', 'evil) S 1 2', ')', '((', 'line\nbreak'])(
    'is not misled by a command named %j',
    (command) => {
      expect(parseProcessStat(statLine({ pid: 7, command, parent: 3, user: 11 }))).toMatchObject({
        pid: 7,
        parentPid: 3,
        userTicks: 11,
      });
    },
  );

  it('refuses a line that is cut off', () => {
    expect(() => parseProcessStat('7 (server) S 1 2')).toThrow('cut off');
    expect(() => parseProcessStat('')).toThrow('cut off');
  });

  it('tells processes that have ended from those that only sleep', () => {
    const states = ['R', 'S', 'D', 'T', 'Z', 'X'];
    const ended = states.filter((state) => hasEnded(parseProcessStat(statLine({ pid: 1, state }))));
    expect(ended).toEqual(['Z', 'X']);
  });

  it('reads the run time of a thread in ns', () => {
    expect(parseSchedstatNs('1081974 675828 3\n')).toBe(1_081_974);
  });

  it('finds a number by its whole name only', () => {
    const text = 'oom_kill_disable 1\nunder_oom_kill 2\noom_kill 3\nVmRSS:\t   12 kB\nlast 9';
    expect(keyedNumber(text, 'oom_kill')).toBe(3);
    expect(keyedNumber(text, 'VmRSS')).toBe(12);
    expect(keyedNumber(text, 'last')).toBe(9);
    expect(keyedNumber(text, 'Vm')).toBeNull();
    expect(keyedNumber('', 'oom_kill')).toBeNull();
    expect(() => requiredNumber(text, 'anon', '/memory.stat')).toThrow('/memory.stat has no anon');
  });

  it('reads the pressure of some tasks, not of all', () => {
    const some = 'some avg10=83.67 avg60=34.40 avg300=9.25 total=68251510';
    const full = 'full avg10=0.50 avg60=0.00 avg300=0.00 total=3';
    expect(parsePressure(`${some}\n${full}\n`)).toEqual({ avg10: 83.67, totalUs: 68_251_510 });
    expect(() => parsePressure(`${full}\n`)).toThrow('no "some" line');
  });

  it('counts a guest once and stolen time not as busy', () => {
    const text = 'cpu  100 20 30 400 5 6 7 8 90 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n';
    expect(parseMachineTicks(text)).toEqual({ busy: 163, steal: 8, total: 576 });
    expect(() => parseMachineTicks('')).toThrow('no cpu line');
  });
});
