import type { LaunchOptions, Launcher, RunningTarget } from '../../../harness/model/ports.ts';
import type { TargetSpec } from '../../../harness/model/target.ts';
import { DockerEngine, engineSocket } from '../../../harness/targets/docker/engine.ts';
import { ensureImage, imageOptions } from '../../../harness/targets/docker/image.ts';
import {
  createDockerLauncher,
  type DockerLauncherOptions,
} from '../../../harness/targets/docker/launcher.ts';
import { targetSpec } from '../../support/factories.ts';
import { fixturesFolder, launchOptions } from './fixtures.ts';

export const TEST_LABEL = 'io.httpdyno.test';

/** A fixture program as a container. */
export function containerSpec(fixture: string): TargetSpec {
  const run = { command: ['node', `${fixture}.ts`], env: { FIXTURE: fixture } };
  return targetSpec('fixture', { folder: fixturesFolder, image: 'httpdyno/test-fixture:1', run });
}

/** The engine of this machine, and why containers of the fixtures cannot run on it, or null. */
export async function testEngine(): Promise<{ engine: DockerEngine; why: string | null }> {
  const engine = new DockerEngine(await engineSocket());
  const unavailable = await engine.unavailable();
  if (unavailable !== null) return { engine, why: unavailable };
  const image = await ensureImage(containerSpec('good'), engine, imageOptions({ buildTimeoutMs: 120_000 }));
  return { engine, why: image.kind === 'failed' ? image.why : null };
}

/** Starts containers and removes at the end, by id, whatever was started. */
export function containerFleet(engine: DockerEngine): {
  start: (
    spec: TargetSpec,
    options?: Partial<DockerLauncherOptions>,
    launch?: Partial<LaunchOptions>,
  ) => Promise<RunningTarget>;
  launcher: (options?: Partial<DockerLauncherOptions>) => Launcher;
  stopAll: () => Promise<void>;
} {
  const running: RunningTarget[] = [];
  const launcher = (options: Partial<DockerLauncherOptions> = {}): Launcher =>
    createDockerLauncher({ engine, graceMs: 500, labels: { [TEST_LABEL]: '1' }, ...options });
  return {
    launcher,
    start: async (spec, options = {}, launch = {}) => {
      const outcome = await launcher(options).launch(spec, launchOptions(launch));
      if (outcome.kind === 'failed') throw new Error(`${outcome.reason.code}: ${outcome.reason.detail}`);
      running.push(outcome.target);
      return outcome.target;
    },
    stopAll: async () => {
      await Promise.all(running.splice(0).map((target) => target.stop()));
    },
  };
}

export function containerIdOf(target: RunningTarget): string {
  if (target.scope.kind !== 'container') throw new Error('not a container');
  return target.scope.containerId;
}
