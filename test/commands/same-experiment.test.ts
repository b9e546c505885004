import { describe, expect, it } from 'vitest';
import {
  type ExperimentPart,
  experimentLines,
  experimentParts,
} from '../../harness/commands/same-experiment.ts';
import type { Session } from '../../harness/model/session.ts';
import type { Trial } from '../../harness/model/trial.ts';
import { plannedTrial, session, validTrial } from '../support/factories.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** A session of one target, started as `docker run` would be with what each start makes anew. */
function measured(change: Partial<Session> = {}, argv: readonly string[] = ['node', 'server.js']): Session {
  const base = session([plannedTrial()]);
  const trial: Trial = { ...validTrial(), argv: [...argv] };
  const targets = base.targets.map((target) => ({ ...target, artifactHash: DIGEST }));
  return { ...base, targets, trials: [trial], ...change };
}

const differing = (parts: readonly ExperimentPart[]): string[] =>
  parts.filter(({ same }) => !same).map(({ what }) => what);

const [target] = measured().targets;
const id = target?.id ?? '';

describe('what a reproduction shares with its original', () => {
  it('is artifact, command, seed, order and harness, each named', () => {
    const parts = experimentParts(measured(), measured());
    expect(parts.map(({ what }) => what)).toEqual([
      expect.stringMatching(new RegExp(`^(image digest|binary hash) of ${id}$`)),
      `command of ${id}`,
      'seed',
      'order of the trials',
      'httpdyno',
    ]);
    expect(differing(parts)).toEqual([]);
  });

  it.each([
    ['docker', 'image digest'],
    ['process', 'binary hash'],
  ] as const)('of a target that %s starts is compared by its %s', (launcher, name) => {
    const targets = measured().targets.map((one) => ({ ...one, launcher }));
    const other = targets.map((one) => ({ ...one, artifactHash: `sha256:${'b'.repeat(64)}` }));
    const parts = experimentParts(measured({ targets }), measured({ targets: other }));
    expect(differing(parts)).toEqual([`${name} of ${id}`]);
  });

  it('is not known where a hash could not be taken: two unknowns are not the same', () => {
    const targets = measured().targets.map((one) => ({ ...one, artifactHash: null }));
    const [artifact] = experimentParts(measured({ targets }), measured({ targets }));
    expect(artifact).toMatchObject({ original: 'unknown', reproduced: 'unknown', same: false });
    const [gone] = experimentParts(measured(), measured({ targets: [] }));
    expect(gone).toMatchObject({ original: DIGEST, reproduced: 'unknown', same: false });
  });

  it('leaves out of a command what each start makes anew, and nothing else', () => {
    const run = (port: number, image: string): string[] => [
      'docker',
      '--host=unix:///run/docker.sock',
      'run',
      `--name=httpdyno-x-${port}`,
      '--read-only',
      `--label=io.httpdyno.owner=${port}.1`,
      `--env=PORT=${port}`,
      `--env=HTTPDYNO_NONCE=${port}`,
      '--env=WORKERS=2',
      image,
    ];
    const same = experimentParts(measured({}, run(1, 'a:1')), measured({}, run(2, 'a:1')));
    expect(differing(same)).toEqual([]);
    expect(same[1]?.original).toBe('docker run --read-only --env=WORKERS=2 a:1');
    expect(differing(experimentParts(measured({}, run(1, 'a:1')), measured({}, run(1, 'a:2'))))).toEqual([
      `command of ${id}`,
    ]);
  });

  it('tells another seed, another order and another harness apart', () => {
    const original = measured();
    const { plan, environment } = original;
    const changes: [Partial<Session>, string][] = [
      [{ plan: { ...plan, seed: plan.seed + 1 } }, 'seed'],
      [{ plan: { ...plan, trials: [...plan.trials, ...plan.trials] } }, 'order of the trials'],
      [{ harnessVersion: '99.0.0' }, 'httpdyno'],
      [{ environment: { ...environment, gitCommit: 'f'.repeat(40) } }, 'httpdyno'],
    ];
    for (const [change, what] of changes)
      expect(differing(experimentParts(original, measured(change)))).toEqual([what]);
  });
});

describe('a line about it', () => {
  const part = { what: 'seed', original: '7', reproduced: '7', same: true };

  it('is short where both are the same, and shows both sides where they differ', () => {
    expect(experimentLines([part])).toEqual(['= seed: 7']);
    expect(experimentLines([{ ...part, reproduced: '8', same: false }])).toEqual([
      '! seed differs: 7 before, 8 now',
    ]);
  });

  it('is cut where what is the same is long, and whole where it differs', () => {
    const long = 'x'.repeat(200);
    expect(experimentLines([{ ...part, original: long, reproduced: long }])[0]).toHaveLength(89);
    expect(experimentLines([{ ...part, original: long, same: false }])[0]).toContain(long);
  });
});
