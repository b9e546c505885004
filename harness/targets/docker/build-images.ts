import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { US_PER_MS } from '../../base/units.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { BuildEvent, BuildOutcome } from '../build.ts';
import type { DockerEngine } from './engine.ts';
import { ensureImage, imageOptions } from './image.ts';

/** Makes the images of targets ahead of a run, one after the other; without an engine each is skipped with the reason. */
export async function buildImages(
  specs: readonly TargetSpec[],
  engine: DockerEngine,
  { onEvent, signal }: { onEvent: (event: BuildEvent) => void; signal: AbortSignal },
): Promise<BuildOutcome[]> {
  const unavailable = await engine.unavailable();
  const outcomes: BuildOutcome[] = [];
  for (const spec of specs) {
    if (signal.aborted) break;
    const { id, image } = spec;
    const onMissing = (): void => onEvent({ kind: 'started', id, command: `docker build of ${image ?? id}` });
    const outcome: BuildOutcome =
      unavailable === null
        ? await buildImage(spec, engine, onMissing)
        : { kind: 'skipped', id, why: unavailable };
    onEvent(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function buildImage(
  spec: TargetSpec,
  engine: DockerEngine,
  onMissing: () => void,
): Promise<BuildOutcome> {
  const { id } = spec;
  if (spec.image === null) return { kind: 'skipped', id, why: 'has no image in its target.json' };
  const startUs = systemClock.monotonicUs();
  try {
    const outcome = await ensureImage(spec, engine, imageOptions({ onMissing }));
    if (outcome.kind === 'failed') return { kind: 'failed', id, why: outcome.why, logTail: outcome.logTail };
    if (outcome.how === 'present') return { kind: 'up-to-date', id };
    return { kind: 'built', id, durationMs: Math.round((systemClock.monotonicUs() - startUs) / US_PER_MS) };
  } catch (error) {
    return { kind: 'failed', id, why: messageOf(error), logTail: [] };
  }
}
