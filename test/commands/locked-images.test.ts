import { describe, expect, it } from 'vitest';
import { refuseUnlocked } from '../../harness/commands/locked-images.ts';
import type { Launcher } from '../../harness/model/ports.ts';
import type { LaunchableTarget } from '../../harness/session/run-session.ts';
import { unlockedBases } from '../../harness/targets/docker/image.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { targetSpec } from '../support/factories.ts';
import { processesWith } from '../support/processes.ts';
import { testEngine } from '../targets/support/containers.ts';
import { tempFolder } from '../targets/support/temp-folder.ts';
import { createLaunchers } from '../../harness/targets/index.ts';
import { readdirSync } from 'node:fs';

const launchers = await createLaunchers();
const as = (launcher: Launcher, id: string): LaunchableTarget => ({ spec: targetSpec(id), launcher });
const { engine, why } = await testEngine();

describe('B28 a run that is locked', () => {
  it('goes on with processes, whatever their Dockerfiles say, and with images that digests name', async () => {
    const asked: string[] = [];
    const pinned = async ({ id }: { id: string }): Promise<string[]> => {
      asked.push(id);
      return [];
    };
    await refuseUnlocked([as(launchers.process, 'a'), as(launchers.docker, 'b')], pinned);
    expect(asked).toEqual(['b']);
  });

  it('is refused with exit code 2 for every target whose image names none, and how to find it', async () => {
    const targets = ['a', 'b', 'c'].map((id) => as(launchers.docker, id));
    const bases = async ({ id }: { id: string }): Promise<string[]> => (id === 'b' ? [] : [`${id}:1`]);
    await expect(refuseUnlocked(targets, bases)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      exitCode: 2,
      message: '--locked: images without a digest\n  a: a:1\n  c: c:1',
      fix: expect.stringContaining('docker buildx imagetools inspect'),
    });
  });

  it('is refused on the command line before any container starts', async (context) => {
    if (why !== null) context.skip(why);
    const results = scratchFolder();
    const flags = ['--no-build', '--launcher', 'docker', '--target', 'node-http', '--scenario', '1kb'];
    const { code, stdout, stderr } = await httpdyno(['run', '--locked', ...flags, '--results', results]);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^httpdyno: --locked: images without a digest\n {2}node-http: \S*node:24\S*\n {2}fix: /,
    );
    expect(readdirSync(results)).toEqual([]);
    expect(processesWith('HTTPDYNO_SESSION=')).toEqual([]);
  });
});

describe.skipIf(why !== null)(`what an image stands on${why === null ? '' : ` (${why})`}`, () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['FROM scratch\nCOPY file /file\n', []],
    ['FROM debian:12\nCOPY file /file\n', ['debian:12']],
    [`FROM debian:12@${digest}\nCOPY file /file\n`, []],
  ])('is read from its Dockerfile: %j', async (dockerfile, bases) => {
    const folder = tempFolder({ file: 'one', Dockerfile: dockerfile });
    const spec = targetSpec('file', { folder: folder.path, image: 'httpdyno/test-locked:1' });
    expect(await unlockedBases(spec, engine)).toEqual(bases);
    folder.remove();
  });

  it('is a base made here, where that stands in for the one that the Dockerfile pins', async (context) => {
    if ((await engine.image('httpdyno/base-node:24')) === null) context.skip('no base was made here');
    const dockerfile = `ARG BASE_IMAGE=node:24-slim@${digest}\nFROM \${BASE_IMAGE}\nCOPY file /file\n`;
    const folder = tempFolder({ file: 'one', Dockerfile: dockerfile });
    const spec = targetSpec('file', { folder: folder.path, image: 'httpdyno/test-locked:1' });
    expect(await unlockedBases(spec, engine)).toEqual(['httpdyno/base-node:24']);
    folder.remove();
  });
});
