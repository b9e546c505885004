import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sweepContainers } from '../../harness/targets/docker/sweep.ts';
import { LABEL_OWNER, LABEL_SESSION, thisOwner } from '../../harness/targets/owner.ts';

type Engine = Parameters<typeof sweepContainers>[0];

/** An engine that ignores filters, as a broken one might: what it lists need not be ours. */
function engineWith(containers: Record<string, Record<string, string> | null>): {
  engine: Engine;
  removed: string[];
} {
  const removed: string[] = [];
  const engine: Engine = {
    unavailable: async () => null,
    containersWith: async () =>
      Object.entries(containers).map(([Id, Labels]) => ({ Id, Names: [`/${Id}`], State: 'running', Labels })),
    remove: async (id) => void removed.push(id),
  };
  return { engine, removed };
}

describe('F20 M11 the sweep of containers', () => {
  it('removes those of dead owners, and no other, whatever the engine lists', async () => {
    const dead = `${spawnSync(process.execPath, ['-e', '']).pid}:1`;
    const { engine, removed } = engineWith({
      left: { [LABEL_OWNER]: dead, [LABEL_SESSION]: 'crashed' },
      ours: { [LABEL_OWNER]: thisOwner(), [LABEL_SESSION]: 'second' },
      odd: { [LABEL_OWNER]: 'somebody' },
      foreign: { 'com.example': 'x' },
      bare: null,
    });
    expect(await sweepContainers(engine)).toEqual(['removed container left of session crashed']);
    expect(removed).toEqual(['left']);
  });
});
