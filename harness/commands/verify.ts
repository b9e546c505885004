import path from 'node:path';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { secureToken } from '../base/random.ts';
import { formatMs } from '../base/units.ts';
import type { ConformanceCheck, Launcher } from '../model/ports.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TargetSpec } from '../model/target.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { createProbe } from '../targets/index.ts';
import { verifyTarget } from '../targets/verify/index.ts';
import { createAdapters } from './adapters.ts';
import { buildServers, prepareImages } from './build.ts';
import type { CommandContext } from './context.ts';
import { chooseLaunchers } from './launchers.ts';
import { addLauncherOption, durationIn, type LauncherChoice, type Register } from './program.ts';
import { selectById } from './selection.ts';

interface VerifyOptions {
  launcher: LauncherChoice;
  build: boolean;
  readyTimeout: number;
  json?: true;
}

interface Verified {
  target: string;
  launcher: string;
  skipped: string | null;
  checks: ConformanceCheck[];
}

export const register: Register = (program, context, outcome) => {
  const command = program
    .command('verify')
    .description('check targets against the server contract, without load')
    .argument('[targets...]', 'targets to check (default: all)');
  addLauncherOption(command)
    .option('--no-build', 'do not build servers whose sources changed')
    .option(
      '--ready-timeout <time>',
      'how long a target may take to become ready',
      durationIn(10, 600_000),
      10_000,
    )
    .option('--json', 'print the checks as JSON')
    .action(async (targets: string[], options: VerifyOptions) => {
      outcome.code = await verify(context, targets, options);
    });
};

async function verify(context: CommandContext, wanted: string[], options: VerifyOptions): Promise<ExitCode> {
  const adapters = await createAdapters(context);
  const specs = selectById(
    await adapters.discover(),
    wanted.length === 0 ? undefined : wanted,
    'verify',
    'TARGET_UNKNOWN',
  );
  const scenarios = await readScenarios(path.join(context.project, 'scenarios'));
  if (options.build) await buildServers(context, specs);
  const { runnable, skipped } = await chooseLaunchers(specs, adapters.launchers, options.launcher);
  await prepareImages(context, runnable);
  const results: Verified[] = skipped.map(({ id, why }) => ({
    target: id,
    launcher: 'none',
    skipped: why,
    checks: [],
  }));
  for (const { spec, launcher } of runnable) {
    if (context.interruption.signal.aborted) break;
    const served = scenarios.filter((scenario) => spec.scenarios.includes(scenario.id));
    const checks = await verifyOne(context, spec, launcher, served, options.readyTimeout);
    const result: Verified = { target: spec.id, launcher: launcher.id, skipped: null, checks };
    results.push(result);
    if (options.json !== true) context.out(describeResult(result));
  }
  if (options.json === true) context.out(`${JSON.stringify(results, null, 2)}\n`);
  else
    for (const result of results.filter((one) => one.skipped !== null)) context.out(describeResult(result));
  return results.some((result) => result.checks.some(isFailure)) ? EXIT.trials : EXIT.ok;
}

async function verifyOne(
  context: CommandContext,
  spec: TargetSpec,
  launcher: Launcher,
  scenarios: readonly Scenario[],
  readyTimeoutMs: number,
): Promise<ConformanceCheck[]> {
  const { clock, interruption } = context;
  const probe = createProbe({ clock });
  return verifyTarget(
    {
      launch: async () =>
        launcher.launch(spec, { workers: 1, cpus: null, nonce: secureToken(), sessionId: 'verify' }),
      waitUntilReady: async (target) => probe.waitUntilReady(target, readyTimeoutMs, interruption.signal),
      clock,
      signal: interruption.signal,
    },
    scenarios,
  );
}

function isFailure(check: ConformanceCheck): boolean {
  return check.result.kind === 'fail';
}

/** `ok   tokio (process): 13 checks in 310ms`, or the checks that failed, each with what was seen. */
function describeResult({ target, launcher, skipped, checks }: Verified): string {
  if (skipped !== null) return `skip ${target}: ${skipped}\n`;
  const failures = checks.filter(isFailure);
  const took = formatMs(checks.reduce((sum, check) => sum + check.durationMs, 0));
  if (failures.length === 0) return `ok   ${target} (${launcher}): ${checks.length} checks in ${took}\n`;
  const lines = failures.map(
    ({ title, result }) => `     ${title}: ${result.kind === 'fail' ? result.detail : ''}`,
  );
  return `FAIL ${target} (${launcher}): ${failures.length} of ${checks.length} checks\n${lines.join('\n')}\n`;
}
