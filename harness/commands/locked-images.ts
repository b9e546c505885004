import { HarnessError } from '../base/errors.ts';
import type { TargetSpec } from '../model/target.ts';
import type { LaunchableTarget } from '../session/run-session.ts';
import { unlockedBases } from '../targets/docker/image.ts';
import { DockerEngine, engineSocket } from '../targets/docker/engine.ts';

/** What an image would stand on, of those that no digest names. */
export type BasesOf = (spec: TargetSpec) => Promise<string[]>;

/**
 * For `run --locked`: refuses containers whose image stands on another that is not named by digest, for nobody could make
 * the same again. Targets that run as processes are locked by their lock files anyway.
 */
export async function refuseUnlocked(
  targets: readonly LaunchableTarget[],
  basesOf: BasesOf = onThisEngine,
): Promise<void> {
  const lines: string[] = [];
  for (const { spec, launcher } of targets) {
    if (launcher.id !== 'docker') continue;
    const bases = await basesOf(spec);
    if (bases.length > 0) lines.push(`\n  ${spec.id}: ${bases.join(', ')}`);
  }
  if (lines.length === 0) return;
  throw new HarnessError('CONFIG_INVALID', `--locked: images without a digest${lines.join('')}`, {
    fix: 'name each as name:tag@sha256:… in its Dockerfile (`docker buildx imagetools inspect name:tag` shows it), or --launcher process',
  });
}

const onThisEngine: BasesOf = async (spec) => unlockedBases(spec, new DockerEngine(await engineSocket()));
