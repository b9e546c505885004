import { LABEL_OWNER, LABEL_SESSION, ownerIsAlive } from '../owner.ts';
import type { DockerEngine } from './engine.ts';

/** Removes containers that bear our owner label where that owner has ended, and returns a line for each. */
export async function sweepContainers(
  engine: Pick<DockerEngine, 'unavailable' | 'containersWith' | 'remove'>,
): Promise<string[]> {
  if ((await engine.unavailable()) !== null) return [];
  const lines: string[] = [];
  for (const { Id, Names, Labels } of await engine.containersWith(LABEL_OWNER)) {
    const owner = Labels?.[LABEL_OWNER];
    if (owner === undefined || ownerIsAlive(owner)) continue;
    await engine.remove(Id);
    lines.push(
      `removed container ${Names[0]?.slice(1) ?? Id.slice(0, 12)} of session ${Labels?.[LABEL_SESSION] ?? 'unknown'}`,
    );
  }
  return lines;
}
