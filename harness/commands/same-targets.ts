import { HarnessError } from '../base/errors.ts';
import type { MeasuredTarget, Session } from '../model/session.ts';
import type { LaunchableTarget } from '../session/run-session.ts';
import type { Adapters } from './adapters.ts';
import { buildServers, prepareImages } from './build.ts';
import type { CommandContext } from './context.ts';
import { chooseLaunchers } from './launchers.ts';
import { selectById } from './selection.ts';

/** The targets of a stored session as they are now, and the ids of those whose artifact is another one than was measured. */
export interface TargetsAgain {
  targets: Map<string, LaunchableTarget>;
  /** What would run, as it is now. */
  described: MeasuredTarget[];
  changed: string[];
}

/** Finds the targets of a session again, each with the launcher that started it; refused where one cannot run here. */
export async function sameTargets(
  context: CommandContext,
  session: Session,
  adapters: Adapters,
  options: { build: boolean },
): Promise<TargetsAgain> {
  const ids = session.targets.map(({ id }) => id);
  const specs = selectById(await adapters.discover(), ids, `targets of ${session.id}`, 'TARGET_UNKNOWN');
  if (options.build) await buildServers(context, specs);
  const targets = new Map<string, LaunchableTarget>();
  const described: MeasuredTarget[] = [];
  const changed: string[] = [];
  for (const measured of session.targets) {
    const spec = specs.filter(({ id }) => id === measured.id);
    const { runnable, skipped } = await chooseLaunchers(spec, adapters.launchers, measured.launcher);
    const [target] = runnable;
    if (target === undefined) {
      throw new HarnessError('PREFLIGHT', `${measured.id}: ${skipped[0]?.why ?? 'cannot run here'}`);
    }
    await prepareImages(context, runnable);
    const now = await target.launcher.describe(target.spec);
    described.push(now);
    if (now.artifactHash !== measured.artifactHash) changed.push(measured.id);
    targets.set(measured.id, target);
  }
  return { targets, described, changed };
}

/** Throws where what would run is no longer what the session measured. */
export function refuseChanged(changed: readonly string[]): void {
  if (changed.length === 0) return;
  throw new HarnessError('PREFLIGHT', `no longer what the session measured: ${changed.join(', ')}`, {
    fix: 'check out the sources that it was made from, or run a new session',
  });
}
