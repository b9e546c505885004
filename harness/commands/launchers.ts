import type { Launcher } from '../model/ports.ts';
import type { SkippedTarget } from '../model/session.ts';
import type { TargetSpec } from '../model/target.ts';
import type { LaunchableTarget } from '../session/run-session.ts';
import type { LauncherChoice } from './program.ts';

/** The launcher for each target: the one asked for, or with `auto` the first that can start it; else why it is skipped. */
export async function chooseLaunchers(
  specs: readonly TargetSpec[],
  launchers: readonly Launcher[],
  wanted: LauncherChoice,
): Promise<{ runnable: LaunchableTarget[]; skipped: SkippedTarget[] }> {
  const candidates = launchers.filter((launcher) => wanted === 'auto' || launcher.id === wanted);
  const runnable: LaunchableTarget[] = [];
  const skipped: SkippedTarget[] = [];
  for (const spec of specs) {
    const found = await firstAble(spec, candidates);
    if (typeof found === 'string') skipped.push({ id: spec.id, name: spec.name, why: found });
    else runnable.push({ spec, launcher: found });
  }
  return { runnable, skipped };
}

/** The first launcher that can start the target, else why the first one cannot. */
async function firstAble(spec: TargetSpec, candidates: readonly Launcher[]): Promise<Launcher | string> {
  const obstacles: string[] = [];
  for (const launcher of candidates) {
    const obstacle = await launcher.unavailable(spec);
    if (obstacle === null) return launcher;
    obstacles.push(obstacle);
  }
  return obstacles[0] ?? 'no launcher';
}
