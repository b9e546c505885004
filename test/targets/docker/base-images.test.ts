import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImages, unpinnedBases } from '../../../harness/targets/docker/base-images.ts';
import { repository } from '../../support/source-tree.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the images that a Dockerfile stands on', () => {
  it('are those of FROM, with defaults filled in, but neither its own stages nor scratch', () => {
    const text = [
      'ARG BUILD_IMAGE=rust:1.95-slim',
      'ARG OTHER="debian:12"',
      'FROM --platform=linux/amd64 ${BUILD_IMAGE} AS build',
      'FROM $OTHER',
      'from Build as final',
      'FROM scratch',
      'COPY --from=build /a /b',
    ].join('\n');
    expect(baseImages(text)).toEqual(['rust:1.95-slim', 'debian:12']);
  });

  it('are those too that only a file is copied from, not stages by their number', () => {
    const text =
      'FROM scratch AS a\nFROM scratch\nCOPY --chown=1:1 --from=busybox:1 /x /x\nCOPY --from=0 /y /y\n';
    expect(baseImages(text)).toEqual(['busybox:1']);
  });

  it('are unknown where an argument has no default: that is no digest either', () => {
    expect(unpinnedBases('ARG BASE\nFROM ${BASE}\n')).toEqual(['${BASE}']);
  });

  it('ignore an argument of a later stage, and read an instruction that goes over two lines', () => {
    const text = 'ARG A=one:1\nFROM ${A}\nARG A=two:2\nFROM \\\n  ${A} AS b\n';
    expect(baseImages(text)).toEqual(['one:1']);
  });
});

describe('B28 an image without a digest', () => {
  it.each([
    ['node:24-slim', false],
    ['node', false],
    ['node:24-slim@sha256:0123', false],
    [`node:24-slim@${DIGEST}0`, false],
    [`node:24-slim@sha512:${'0'.repeat(128)}`, false],
    [`node:24-slim@${DIGEST}`, true],
    [`registry.example:5000/team/node@${DIGEST}`, true],
  ])('%s is pinned: %s', (image, pinned) => {
    expect(unpinnedBases(`FROM ${image}\n`)).toEqual(pinned ? [] : [image]);
    expect(unpinnedBases(`ARG BASE_IMAGE=${image}\nFROM \${BASE_IMAGE} AS x\n`)).toEqual(
      pinned ? [] : [image],
    );
  });
});

describe('S17 the Dockerfiles of servers/', () => {
  const files = readdirSync(path.join(repository, 'servers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(path.join(repository, 'servers', name))
        .filter((file) => file.startsWith('Dockerfile'))
        .map((file) => path.join('servers', name, file)),
    );

  it.each(files)('%s takes its base from one argument, so that one line pins it', (file) => {
    const text = readFileSync(path.join(repository, file), 'utf8');
    const written = [...text.matchAll(/^FROM\s+(\S+)/gm)].map((match) => match[1]);
    for (const base of written) expect(base).toMatch(/^(scratch|\$\{(BASE|BUILD)_IMAGE\})$/);
    expect(text.match(/^ARG \w+_IMAGE=/gm)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it('of what is compiled stand on nothing but what is built here, where it is built here', () => {
    const prebuilt = files.filter((file) => file.endsWith('.prebuilt') && !file.includes('fastify'));
    expect(prebuilt.length).toBeGreaterThan(4);
    for (const file of prebuilt)
      expect(baseImages(readFileSync(path.join(repository, file), 'utf8'))).toEqual([]);
  });
});
