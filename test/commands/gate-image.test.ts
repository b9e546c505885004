import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import type { CommandContext } from '../../harness/commands/context.ts';
import { prepareImage } from '../../harness/commands/gate-image.ts';
import type { PreparedArm } from '../../harness/commands/gate-arm-record.ts';
import type { Launcher } from '../../harness/model/ports.ts';
import type { TargetSpec } from '../../harness/model/target.ts';

const context: CommandContext = {
  clock: systemClock,
  out: () => undefined,
  err: () => undefined,
  terminal: { columns: 100, colour: false, interactive: false },
  cwd: '/',
  project: '/',
  version: '0.1.0',
  argv: [],
  interruption: new AbortController(),
};

/** An engine that has the given images, and makes every image that it is asked for, or says why not. */
class FakeEngine {
  readonly made: { image: string | null; recipe: string }[] = [];
  readonly images: Map<string, string>;
  readonly obstacle: string | null;

  constructor(images: Record<string, string>, obstacle: string | null = null) {
    this.images = new Map(Object.entries(images));
    this.obstacle = obstacle;
  }

  readonly launcher: Launcher = {
    id: 'docker',
    unavailable: async ({ image, folder }: TargetSpec) => {
      this.made.push({ image, recipe: readFileSync(path.join(folder, 'Dockerfile'), 'utf8') });
      return this.obstacle;
    },
    describe: async (spec) => ({ ...spec, launcher: 'docker', artifactHash: 'sha256:ours', version: null }),
    launch: async () => {
      throw new Error('nothing is started here');
    },
    sweep: async () => [],
  };

  async prepare(value: string): Promise<PreparedArm> {
    const named = { given: `image:${value}`, kind: 'image' as const, value };
    const ports = { launcher: this.launcher, imageId: async (name: string) => this.images.get(name) ?? null };
    const prepared = await prepareImage(named, { context, adHocScenarios: ['root'] }, ports);
    onTestFinished(prepared.cleanUp);
    return prepared;
  }
}

const leftovers = (): string[] =>
  readdirSync(os.tmpdir()).filter((name) => name.startsWith('httpdyno-image-'));

describe('an image as an arm', () => {
  it('becomes the base of one of ours, and is recorded by what the user named', async () => {
    const engine = new FakeEngine({ 'app:1': 'sha256:one' });
    const { side, arm } = await engine.prepare('app:1');
    expect(engine.made).toEqual([{ image: side.spec.image, recipe: '# sha256:one\nFROM app:1\n' }]);
    expect(side.spec.image).toMatch(/^httpdyno\/gate-app-1-[0-9a-f]{8}:1$/);
    expect(side.spec.scenarios).toEqual(['root']);
    expect(arm).toMatchObject({
      given: 'image:app:1',
      kind: 'image',
      target: { artifactHash: 'sha256:one', launcher: 'docker' },
    });
  });

  it('is another one once its tag has moved: neither the recipe nor the record is that of before', async () => {
    const before = new FakeEngine({ 'app:1': 'sha256:one' });
    const after = new FakeEngine({ 'app:1': 'sha256:two' });
    const arms = [await before.prepare('app:1'), await after.prepare('app:1')];
    expect(before.made[0]?.recipe).not.toBe(after.made[0]?.recipe);
    expect(arms.map(({ arm }) => arm.target.artifactHash)).toEqual(['sha256:one', 'sha256:two']);
  });

  it('that is not here yet is fetched by the engine that makes ours of it', async () => {
    const engine = new FakeEngine({});
    const { arm } = await engine.prepare('registry.example/app:2');
    expect(engine.made[0]?.recipe).toBe('# not here yet\nFROM registry.example/app:2\n');
    expect(arm.target.artifactHash).toBe('sha256:ours');
  });

  it('is told from one whose name differs in punctuation alone', async () => {
    const engine = new FakeEngine({});
    const names = ['app-1:2', 'app:1-2', 'app/1:2'];
    const images = [];
    for (const name of names) images.push((await engine.prepare(name)).side.spec.image);
    expect(new Set(images).size).toBe(names.length);
  });

  it('that cannot be had says why, by the name that the user gave, and leaves no folder behind', async () => {
    const before = leftovers();
    const engine = new FakeEngine({}, 'docker build failed: pull access denied');
    await expect(engine.prepare('app:9')).rejects.toMatchObject({
      code: 'DOCKER_UNAVAILABLE',
      message: 'image:app:9: docker build failed: pull access denied',
    });
    expect(leftovers()).toEqual(before);
  });

  it('is cleaned up after with its folder', async () => {
    const { side, cleanUp } = await new FakeEngine({}).prepare('app:1');
    expect(existsSync(side.spec.folder)).toBe(true);
    await cleanUp();
    expect(existsSync(side.spec.folder)).toBe(false);
  });
});
