import { afterEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../harness/model/target.ts';
import { copiedPaths, docker, ensureImage, imageOptions } from '../../../harness/targets/docker/image.ts';
import { buildImages } from '../../../harness/targets/docker/build-images.ts';
import { targetSpec } from '../../support/factories.ts';
import { containerSpec, testEngine } from '../support/containers.ts';
import { never } from '../support/fixtures.ts';
import { tempFolder } from '../support/temp-folder.ts';

const { engine, why } = await testEngine();
const IMAGE = 'httpdyno/test-image:1';
const folders: ReturnType<typeof tempFolder>[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) folder.remove();
  if (why === null) await docker(engine, ['image', 'rm', '--', IMAGE], 10_000);
});

/** A target that is one file in an image from scratch. */
function fileImage(dockerfile = 'FROM scratch\nCOPY file /file\n'): {
  folder: ReturnType<typeof tempFolder>;
  spec: TargetSpec;
} {
  const folder = tempFolder({ file: 'one', Dockerfile: dockerfile });
  folders.push(folder);
  return { folder, spec: targetSpec('file', { folder: folder.path, image: IMAGE }) };
}

describe('what a Dockerfile copies from its context', () => {
  it('are the sources of COPY, but not from another stage', () => {
    const text = [
      'FROM a AS build',
      'COPY Cargo.toml Cargo.lock ./',
      'copy --chown=1:1 src ./src',
      'RUN make COPY x',
      'FROM scratch',
      'COPY --from=build /out /server',
    ].join('\n');
    expect(copiedPaths(text)).toEqual(['Cargo.toml', 'Cargo.lock', 'src']);
  });
});

describe.skipIf(why !== null)(`an image${why === null ? '' : ` (${why})`}`, () => {
  it('is built once, and then found until something that it copies changes', async () => {
    const { folder, spec } = fileImage();
    const first = await ensureImage(spec, engine, imageOptions());
    expect(first).toMatchObject({ kind: 'ready', how: 'built' });
    expect(await ensureImage(spec, engine, imageOptions())).toMatchObject({ kind: 'ready', how: 'present' });
    folder.write('file', 'two');
    const second = await ensureImage(spec, engine, imageOptions());
    expect(second).toMatchObject({ kind: 'ready', how: 'built' });
    expect(first.kind === 'ready' && (await engine.image(first.imageId))).toBeNull();
  });

  it('is not taken when one of the same name was made from something else', async () => {
    const { spec } = fileImage();
    await docker(engine, ['build', `--tag=${IMAGE}`, '--', spec.folder], 60_000);
    expect(await ensureImage(spec, engine, imageOptions())).toMatchObject({ kind: 'ready', how: 'built' });
  });

  it('F28 falls back to building when the registry does not answer', async () => {
    const { spec } = fileImage();
    const startedAt = performance.now();
    const outcome = await ensureImage(
      spec,
      engine,
      imageOptions({ registry: '127.0.0.1:1/team', pullTimeoutMs: 2_000 }),
    );
    expect(outcome).toMatchObject({ kind: 'ready', how: 'built' });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('F28 that does not build fails with the end of the log', async () => {
    const { spec } = fileImage('FROM scratch\nCOPY file /file\nNONSENSE here\n');
    const outcome = await ensureImage(spec, engine, imageOptions());
    expect(outcome).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('docker build of httpdyno/test-image:1'),
    });
    expect(outcome.kind === 'failed' && outcome.logTail.join()).toMatch(/nonsense/i);
  });

  it('F28 whose build hangs fails at the limit, and the next one is built', async () => {
    const base =
      'ARG BASE_IMAGE=node:24-slim\nFROM ${BASE_IMAGE}\nCOPY file /file\nRUN ["node", "-e", "setTimeout(()=>{}, 20000)"]\n';
    const hanging = fileImage(base).spec;
    const startedAt = performance.now();
    const outcome = await ensureImage(hanging, engine, imageOptions({ buildTimeoutMs: 1_500 }));
    expect(outcome).toMatchObject({ kind: 'failed', why: expect.stringContaining('took longer than 1.5 s') });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(await ensureImage(fileImage().spec, engine, imageOptions())).toMatchObject({ kind: 'ready' });
  });

  it('fails where what it copies is not there, or where there is no Dockerfile', async () => {
    const lacking = fileImage('FROM scratch\nCOPY no-such-file /file\n').spec;
    expect(await ensureImage(lacking, engine, imageOptions())).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('no Dockerfile whose inputs are all there'),
    });
    expect(await ensureImage({ ...lacking, image: null }, engine, imageOptions())).toMatchObject({
      kind: 'failed',
    });
  });

  it('is told as it is made ahead of a run', async () => {
    const kinds: string[] = [];
    const specs = [fileImage().spec, containerSpec('good'), targetSpec('none')];
    const onEvent = ({ kind }: { kind: string }): unknown => kinds.push(kind);
    const outcomes = await buildImages(specs, engine, { onEvent, signal: never });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['built', 'up-to-date', 'skipped']);
    // What is there already, or cannot be, is not announced as work.
    expect(kinds).toEqual(['started', 'built', 'up-to-date', 'skipped']);
  });
});
