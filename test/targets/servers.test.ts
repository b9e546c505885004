import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../harness/base/clock.ts';
import type { Launcher } from '../../harness/model/ports.ts';
import type { Scenario } from '../../harness/model/scenario.ts';
import type { TargetSpec } from '../../harness/model/target.ts';
import {
  buildTargets,
  createLaunchers,
  createProbe,
  discoverTargets,
  verifyTarget,
} from '../../harness/targets/index.ts';
import { readScenarios } from '../../harness/store/scenario-files.ts';
import { launchOptions, never } from './support/fixtures.ts';

const repository = path.join(import.meta.dirname, '../..');
const specs = await discoverTargets(path.join(repository, 'servers'));
const scenarios = await readScenarios(path.join(repository, 'scenarios'));
const launchers = await createLaunchers();
const probe = createProbe();

/** Reasons why targets could not be built here, by id. */
const unbuilt = new Map<string, string>();

beforeAll(async () => {
  const outcomes = await buildTargets(specs, { onEvent: () => undefined, signal: never });
  for (const outcome of outcomes) if ('why' in outcome) unbuilt.set(outcome.id, outcome.why);
}, 600_000);

async function failuresOf(spec: TargetSpec, launcher: Launcher): Promise<string[]> {
  const served: Scenario[] = scenarios.filter(({ id }) => spec.scenarios.includes(id));
  const checks = await verifyTarget(
    {
      launch: () => launcher.launch(spec, launchOptions({ workers: 2 })),
      waitUntilReady: (target) => probe.waitUntilReady(target, 10_000, never),
      clock: systemClock,
      signal: never,
    },
    served,
  );
  return checks.flatMap(({ id, result }) => (result.kind === 'fail' ? [`${id}: ${result.detail}`] : []));
}

// What they answer is looked at, not how fast: two at a time disturb nothing.
describe.concurrent.each(specs)('$id keeps the contract', (spec) => {
  it('as a process', async ({ skip }) => {
    const why = unbuilt.get(spec.id) ?? (await launchers.process.unavailable(spec));
    if (why !== null) skip(`${spec.id}: ${why}`);
    expect(await failuresOf(spec, launchers.process)).toEqual([]);
  });

  it('as a container', async ({ skip }) => {
    const why = unbuilt.get(spec.id) ?? (await launchers.docker.unavailable(spec));
    if (why !== null) skip(`${spec.id}: ${why}`);
    expect(await failuresOf(spec, launchers.docker)).toEqual([]);
  }, 120_000);
});
