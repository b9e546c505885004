import { describe, expect, it } from 'vitest';
import {
  cpuList,
  environmentOf,
  loadOf,
  methodOf,
  plural,
  reproductionOf,
} from '../../harness/reporters/method.ts';
import { scenario, session } from './fixtures.ts';

describe('the load of a scenario', () => {
  it('names connections, loop, window and rounds', () => {
    expect(loadOf(session(), scenario())).toBe('64 connections, closed loop, 7s, 3 rounds');
  });

  it('names the rate of an open loop', () => {
    const open = scenario({ loop: { kind: 'open', rateRps: 5_000, arrivals: 'poisson' }, connections: 1 });
    expect(loadOf(session(), open)).toBe('1 connection, open loop, 5,000 req/s poisson, 7s, 3 rounds');
  });
});

describe('the method', () => {
  it('says what a reader needs to judge the figures', () => {
    expect(methodOf(session())).toEqual([
      '3 rounds, each with every target once a scenario in random order (seed 42), and a fresh start of the target for every trial.',
      'Started as process, 1 worker each; readiness and the exact response were checked before any load.',
      '1 KB: GET /payload/1kb, 64 connections, closed loop, 7s, 3 rounds, after a warm-up of 2s to 5s that does not count.',
      '1 MB: GET /payload/1mb, 64 connections, closed loop, 7s, 3 rounds, after a warm-up of 2s to 5s that does not count.',
      expect.stringMatching(/^Load driver of 1kb: dyno, 1 worker\. /),
      'Targets ran on CPU 0, the driver on CPU 1.',
      expect.stringMatching(/^Two targets are told apart where .*Holm.*At most 1 of 20 rankings/),
      expect.stringMatching(/^CPU and memory are those of the whole target/),
    ]);
  });

  it('admits that CPUs were shared', () => {
    const { plan } = session();
    const shared = session({ plan: { ...plan, cpus: { target: [0], driver: [0], disjoint: false } } });
    expect(methodOf(shared)).toContain('Target and driver shared CPUs.');
  });

  it('names every launcher that was used', () => {
    const targets = session().targets.map((target, index) => ({
      ...target,
      launcher: index === 0 ? ('docker' as const) : ('process' as const),
    }));
    expect(methodOf(session({ targets }))[1]).toMatch(/^Started as docker and process, /);
  });
});

describe('the environment', () => {
  it('says what is not known as such', () => {
    const facts = new Map(environmentOf(session()));
    expect(facts.get('CPU')).toBe('Test CPU 3000, 2 logical CPUs');
    expect(facts.get('Governor')).toBe('not readable');
    expect(facts.get('Engine')).toBe('none');
    expect(facts.get('httpdyno')).toBe('0.1.0 (abc1234def56)');
  });

  it('shows a quota where there is one', () => {
    const environment = { ...session().environment, cpuQuotaCores: 1.5, gitCommit: null };
    const facts = new Map(environmentOf(session({ environment })));
    expect(facts.get('CPU')).toContain('quota 1.50 cores');
    expect(facts.get('httpdyno')).toBe('0.1.0');
  });
});

describe('how to reproduce', () => {
  it('repeats the arguments, with the seed that was drawn', () => {
    expect(reproductionOf(session({ argv: ['run', '--quick'] }))).toEqual([
      'git checkout abc1234def5678abc1234def5678abc1234def56',
      'npm ci',
      'npm run bench -- --quick --seed 42',
    ]);
  });

  it.each([[['run', '--seed', '7']], [['run', '--seed=7']]])('leaves a given seed alone: %j', (argv) => {
    expect(reproductionOf(session({ argv })).at(-1)?.match(/seed/g)).toHaveLength(1);
  });

  it('names another command than run as it was', () => {
    expect(reproductionOf(session({ argv: ['resume', 'x'] })).at(-1)).toBe('npx httpdyno resume x --seed 42');
  });

  it('needs no commit to be known', () => {
    const environment = { ...session().environment, gitCommit: null };
    expect(reproductionOf(session({ environment }))[0]).toBe('npm ci');
  });

  it('S12 quotes what a shell would act on', () => {
    expect(reproductionOf(session({ argv: ['run', '$(touch x)', '; rm -rf'] })).at(-1)).toBe(
      "npm run bench -- '$(touch x)' '; rm -rf' --seed 42",
    );
  });
});

describe('lists', () => {
  it('shortens runs of CPUs', () => {
    expect([[0], [0, 1, 2, 3], [3, 0, 1], [0, 2, 4], []].map(cpuList)).toEqual([
      '0',
      '0-3',
      '0-1,3',
      '0,2,4',
      '',
    ]);
  });

  it('counts in words', () => {
    expect([plural(1, 'round'), plural(0, 'round'), plural(1_000, 'connection')]).toEqual([
      '1 round',
      '0 rounds',
      '1,000 connections',
    ]);
  });
});
