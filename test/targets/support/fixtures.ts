import { createHash } from 'node:crypto';
import path from 'node:path';
import { secureToken } from '../../../harness/base/random.ts';
import type { Launcher, LaunchOptions, RunningTarget } from '../../../harness/model/ports.ts';
import type { Scenario } from '../../../harness/model/scenario.ts';
import type { TargetSpec } from '../../../harness/model/target.ts';
import {
  createProcessLauncher,
  type ProcessLauncherOptions,
} from '../../../harness/targets/process/launcher.ts';
import { scenario, targetSpec } from '../../support/factories.ts';

export const fixturesFolder = path.join(import.meta.dirname, '../fixtures');
export const never = new AbortController().signal;

/** The contract's 1 KB payload. */
export const payload = Buffer.from(Array.from({ length: 1_024 }, (_, i) => (i * 31 + 7) % 256));

export const payloadScenario: Scenario = scenario({
  id: '1kb',
  request: { method: 'GET', path: '/payload/1kb', headers: {}, body: null },
  expect: {
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    bodyBytes: payload.length,
    bodySha256: createHash('sha256').update(payload).digest('hex'),
  },
});

/** A fixture program as a target; `env` is its own settings. */
export function fixtureSpec(name: string, env: Record<string, string> = {}): TargetSpec {
  return targetSpec('fixture', { folder: fixturesFolder, run: { command: ['node', `${name}.ts`], env } });
}

export function launchOptions(overrides: Partial<LaunchOptions> = {}): LaunchOptions {
  return { workers: 1, cpus: null, nonce: secureToken(), sessionId: 'test-session', ...overrides };
}

/** Starts targets and stops at the end whatever was started; `afterEach(fleet.stopAll)`. */
export function targetFleet(options: ProcessLauncherOptions = {}): {
  launcher: Launcher;
  start: (spec: TargetSpec, launch?: Partial<LaunchOptions>) => Promise<RunningTarget>;
  stopAll: () => Promise<void>;
} {
  const launcher = createProcessLauncher({ graceMs: 300, ...options });
  const running: RunningTarget[] = [];
  return {
    launcher,
    start: async (spec, launch = {}) => {
      const outcome = await launcher.launch(spec, launchOptions(launch));
      if (outcome.kind === 'failed') throw new Error(`${outcome.reason.code}: ${outcome.reason.detail}`);
      running.push(outcome.target);
      return outcome.target;
    },
    stopAll: async () => {
      await Promise.all(running.splice(0).map((target) => target.stop()));
    },
  };
}
