import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { HarnessError } from '../base/errors.ts';
import type { Launcher } from '../model/ports.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { DockerEngine, engineSocket } from '../targets/docker/engine.ts';
import type { CommandContext } from './context.ts';
import { adHocSpec, describeArm, type NamedArm, type PreparedArm, withHash } from './gate-arm-record.ts';
import { IMAGE_PREFIX } from './gate-leftovers.ts';
import { ownLauncher, ownProbe } from './project-config-run.ts';

/** What making an image ready needs of an engine. */
export interface ImagePorts {
  launcher: Launcher;
  /** The id of an image that is here, else null. */
  imageId: (name: string) => Promise<string | null>;
}

/**
 * A foreign image becomes the base of one that bears our label, so that what is started is what was named. What the record
 * knows it by is the id of the image itself: a tag may have moved since. Throws DOCKER_UNAVAILABLE where it cannot be had.
 */
export async function prepareImage(
  named: NamedArm,
  { context, adHocScenarios }: { context: CommandContext; adHocScenarios: readonly string[] },
  ports?: ImagePorts,
): Promise<PreparedArm> {
  const { launcher, imageId } = ports ?? enginePorts(context);
  const folder = await mkdtemp(path.join(await realpath(os.tmpdir()), IMAGE_PREFIX));
  const cleanUp = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    // The id stands in the recipe: of a tag that has moved, the image made before is not taken again.
    const known = await imageId(named.value).catch(() => null);
    await writeAtomically(
      path.join(folder, 'Dockerfile'),
      `# ${known ?? 'not here yet'}\nFROM ${named.value}\n`,
    );
    const spec = adHocSpec(folder, ['true'], ownName(named.value), adHocScenarios);
    const obstacle = await launcher.unavailable(spec);
    if (obstacle !== null) throw new HarnessError('DOCKER_UNAVAILABLE', `${named.given}: ${obstacle}`);
    const side = { spec, launcher, probe: ownProbe(context.clock, () => '/') };
    const arm = await describeArm(named, side, null);
    return { side, arm: withHash(arm, (await imageId(named.value)) ?? arm.target.artifactHash), cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Two names that differ in punctuation alone are two images. */
function ownName(value: string): string {
  const slug = value
    .replace(/[^a-z0-9]+/gi, '-')
    .toLowerCase()
    .slice(0, 60);
  return `httpdyno/gate-${slug}-${createHash('sha256').update(value).digest('hex').slice(0, 8)}:1`;
}

function enginePorts({ clock }: CommandContext): ImagePorts {
  return {
    launcher: ownLauncher('docker', clock),
    imageId: async (name) => (await new DockerEngine(await engineSocket()).image(name))?.id ?? null,
  };
}
