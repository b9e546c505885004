import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../harness/model/target.ts';
import {
  artifactState,
  type BuildEvent,
  type BuildOptions,
  buildTargets,
} from '../../harness/targets/build.ts';
import { processIds, commandOf } from '../../harness/targets/proc/processes.ts';
import { targetSpec } from '../support/factories.ts';
import { never } from './support/fixtures.ts';
import { tempFolder } from './support/temp-folder.ts';

const folders: ReturnType<typeof tempFolder>[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

type Source = { folder: ReturnType<typeof tempFolder>; spec: TargetSpec };

/** A target whose build is a Node script; by default it copies its source to the artifact. */
function source(
  script: string = 'fs.copyFileSync("source.txt", "artifact.txt")',
  needs: string[] = [],
): Source {
  const folder = tempFolder({ 'source.txt': 'one' });
  folders.push(folder);
  const recipe = {
    needs,
    command: ['node', '-e', `const fs = require("fs"); ${script}`],
    env: { GREETING: 'hello' },
    inputs: ['source.txt'],
    artifacts: ['./artifact.txt'],
  };
  return { folder, spec: targetSpec('made', { folder: folder.path, build: recipe }) };
}

async function build(spec: TargetSpec, options: Partial<BuildOptions> = {}) {
  const events: BuildEvent[] = [];
  const outcomes = await buildTargets([spec], {
    onEvent: (event) => events.push(event),
    signal: never,
    ...options,
  });
  return { outcome: outcomes[0], events };
}

describe('a build', () => {
  it('makes the artifact, and what was missing is ready', async () => {
    const { spec } = source();
    expect(await artifactState(spec)).toEqual({ kind: 'missing', why: 'not built yet' });
    const { outcome, events } = await build(spec);
    expect(outcome).toMatchObject({ kind: 'built', id: 'made' });
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'built']);
    expect(await artifactState(spec)).toEqual({ kind: 'ready' });
  });

  it('is left out while its inputs are what they were', async () => {
    const { spec } = source();
    await build(spec);
    const { outcome, events } = await build(spec);
    expect(outcome).toEqual({ kind: 'up-to-date', id: 'made' });
    expect(events).toEqual([outcome]);
  });

  it('runs again when an input has changed', async () => {
    const { folder, spec } = source();
    await build(spec);
    folder.write('source.txt', 'two');
    expect((await artifactState(spec)).kind).toBe('stale');
    expect((await build(spec)).outcome?.kind).toBe('built');
    expect(readFileSync(path.join(folder.path, 'artifact.txt'), 'utf8')).toBe('two');
  });

  it('runs again when its command has changed', async () => {
    const { spec } = source();
    await build(spec);
    const changed = { ...spec, build: spec.build && { ...spec.build, env: { GREETING: 'good evening' } } };
    expect((await artifactState(changed)).kind).toBe('stale');
  });

  it('runs again when its record was cut short', async () => {
    const { folder, spec } = source();
    await build(spec);
    folder.write('.httpdyno-build.json', '{"inputs": "ab');
    expect((await artifactState(spec)).kind).toBe('stale');
  });

  it('tells what it prints, line by line, and sees its own environment', async () => {
    const { spec } = source('console.log(process.env.GREETING); fs.writeFileSync("artifact.txt", "")');
    const { events } = await build(spec);
    expect(events).toContainEqual({ kind: 'progress', id: 'made', line: 'hello' });
  });

  it('of a target that needs none is up to date', async () => {
    const spec = targetSpec('plain');
    expect(await artifactState(spec)).toEqual({ kind: 'none-needed' });
    expect((await build(spec)).outcome).toEqual({ kind: 'up-to-date', id: 'plain' });
  });
});

describe('a build that cannot be', () => {
  it('is skipped with what it needs when a toolchain is missing', async () => {
    const { spec } = source('', ['cargo']);
    const { outcome } = await build(spec, { findTool: () => null });
    expect(outcome).toMatchObject({
      kind: 'skipped',
      why: expect.stringMatching(/^needs cargo \(https:\/\/rustup\.rs: /),
    });
  });

  it('fails with the exit code and its last 30 lines', async () => {
    const { spec } = source('for (let i = 1; i <= 50; i++) console.error("line " + i); process.exitCode = 7');
    const { outcome } = await build(spec);
    expect(outcome).toMatchObject({ kind: 'failed', why: 'ended with exit code 7' });
    const log = outcome?.kind === 'failed' ? outcome.logTail : [];
    expect(log).toHaveLength(30);
    expect(log.at(-1)).toBe('line 50');
    expect((await artifactState(spec)).kind).toBe('missing');
  });

  it('fails when it ends well but leaves no artifact', async () => {
    const { outcome } = await build(source('').spec);
    expect(outcome).toMatchObject({ kind: 'failed', why: expect.stringContaining('left no ./artifact.txt') });
  });

  it('fails when one of its inputs does not exist', async () => {
    const { spec } = source();
    const lacking = { ...spec, build: spec.build && { ...spec.build, inputs: ['no-such-file'] } };
    expect((await build(lacking)).outcome).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('input'),
    });
  });

  it('fails when its program does not exist', async () => {
    const { spec } = source();
    const lost = { ...spec, build: spec.build && { ...spec.build, command: ['/no/such/program'] } };
    expect((await build(lost)).outcome?.kind).toBe('failed');
  });

  it('F28 is killed when it hangs, with all that it started, and the next target is built', async () => {
    const marker = `hang-${process.pid}`;
    const hanging = source(
      `require("child_process").spawnSync(process.execPath, ["-e", "setInterval(()=>{},9e6)", "${marker}"])`,
    );
    const next = source();
    const outcomes = await buildTargets([hanging.spec, next.spec], {
      onEvent: () => undefined,
      signal: never,
      timeoutMs: 700,
    });
    expect(outcomes[0]).toMatchObject({ kind: 'failed', why: 'took longer than 0.7 s' });
    expect(outcomes[1]?.kind).toBe('built');
    const left = processIds().filter((pid) => pid !== process.pid && commandOf(pid).includes(marker));
    expect(left).toEqual([]);
  });

  it('F21 ends at once when the caller aborts, and starts no other', async () => {
    const abort = new AbortController();
    const hanging = source('setInterval(() => {}, 9e6)').spec;
    const startedAt = performance.now();
    const outcomes = await buildTargets([hanging, source().spec], {
      onEvent: ({ kind }) => kind === 'started' && setTimeout(() => abort.abort(), 100),
      signal: abort.signal,
    });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(outcomes).toMatchObject([{ kind: 'failed', why: 'interrupted' }]);
  });

  it('S12 takes every word of its command as it stands, for no shell reads it', async () => {
    const { folder, spec } = source();
    const words = [
      'node',
      '-e',
      'require("fs").writeFileSync("artifact.txt", process.argv.slice(1).join("|"))',
      '--',
    ];
    const hostile = ['$(touch pwned)', ';touch pwned', '`touch pwned`', 'a\nb', '--privileged'];
    const target = { ...spec, build: spec.build && { ...spec.build, command: [...words, ...hostile] } };
    expect((await build(target)).outcome?.kind).toBe('built');
    expect(readFileSync(path.join(folder.path, 'artifact.txt'), 'utf8')).toBe(hostile.join('|'));
    expect(() => readFileSync(path.join(folder.path, 'pwned'))).toThrow('ENOENT');
  });
});
