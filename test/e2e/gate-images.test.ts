import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGate } from '../../harness/store/gate-store.ts';
import { docker } from '../../harness/targets/docker/image.ts';
import { httpdyno, scratchFolder } from '../support/cli.ts';
import { OWN_SERVER } from '../support/own-server.ts';
import { testEngine } from '../targets/support/containers.ts';

const { engine, why } = await testEngine();
const IMAGES = ['httpdyno-test-app:1', 'httpdyno-test-app:2'] as const;
const BUILD_TIMEOUT_MS = 60_000;

/** Names of images that a gate has made for the ones under test. */
const made = (): string[] =>
  execFileSync('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('httpdyno/gate-httpdyno-test-'));

async function makeImage(name: string, folder: string, answer: string): Promise<void> {
  writeFileSync(path.join(folder, 'server.mjs'), OWN_SERVER.replace("'hello'", `'${answer}'`));
  // The fixture's image brings Node.js; its own command is replaced.
  const recipe =
    'FROM httpdyno/test-fixture:1\nCOPY server.mjs /own/server.mjs\nENTRYPOINT ["node", "/own/server.mjs"]\nCMD []\n';
  writeFileSync(path.join(folder, 'Dockerfile'), recipe);
  const { exitCode, stderr } = await docker(engine, ['build', `--tag=${name}`, folder], BUILD_TIMEOUT_MS);
  if (exitCode !== 0) throw new Error(stderr);
}

describe.skipIf(why !== null)(
  `a gate of two images${why === null ? '' : ` (${why})`}`,
  { timeout: 180_000 },
  () => {
    beforeAll(async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-own-image-'));
      try {
        for (const [i, name] of IMAGES.entries()) await makeImage(name, folder, i === 0 ? 'hello' : 'howdy');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }, 120_000);
    afterAll(async () => {
      for (const name of [...made(), ...IMAGES])
        await docker(engine, ['image', 'rm', '--', name], BUILD_TIMEOUT_MS);
    });

    it('starts each as a container, records what it was, and leaves no container behind', async () => {
      const cwd = scratchFolder();
      const args = [
        'gate',
        '--base',
        IMAGES[0],
        '--head',
        IMAGES[1],
        '--slice',
        '200ms',
        '--blocks',
        '2',
        '--max-warmup',
        '2',
        '--max-launches',
        '1',
      ];
      const { code, stdout, stderr } = await httpdyno(
        [...args, '--only', 'cpu,rss', '--no-sentinel', '--id', 'images'],
        { cwd },
      );
      // One launch decides nothing; on a machine that belongs to others its slices may be invalid as well.
      expect([0, 3], `${stdout}\n${stderr}`).toContain(code);
      const { pairs, launches, scenarios } = await readGate(path.join(cwd, 'results'), 'images');
      expect(scenarios[0]?.expect).toMatchObject({ status: 200, bodyBytes: 5 });
      const [pair] = pairs;
      for (const arm of [pair?.base, pair?.head]) {
        expect(arm).toMatchObject({ kind: 'image', target: { launcher: 'docker' } });
        expect(arm?.target.artifactHash).toBe((await engine.image(arm?.given ?? ''))?.id);
      }
      expect(pair?.base.target.artifactHash).not.toBe(pair?.head.target.artifactHash);
      expect(launches[0]?.problem).toBeNull();
      const slices = launches[0]?.scenarios[0]?.blocks.flat() ?? [];
      expect(slices).toHaveLength(8);
      for (const { requests, errors } of slices) {
        expect(requests).toBeGreaterThan(0);
        expect(errors).toBe(0);
      }
      expect(slices.some(({ cpuUsPerRequest }) => (cpuUsPerRequest ?? 0) > 0)).toBe(true);
      expect(await engine.containersWith('io.httpdyno.session=images')).toEqual([]);
    });

    it('that is nowhere to be had is named, with exit code 4, and nothing is measured', async () => {
      const cwd = scratchFolder();
      const { code, stdout, stderr } = await httpdyno(
        ['gate', '--base', IMAGES[0], '--head', 'localhost:1/httpdyno-test-missing:1'],
        { cwd },
      );
      expect(code, stderr).toBe(4);
      expect(stderr).toMatch(/^httpdyno: localhost:1\/httpdyno-test-missing:1: docker build of .* failed/m);
      expect(stdout).toBe('');
    });
  },
);
