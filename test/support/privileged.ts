import { spawnSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';

/** Skips a test that needs what only root may do, or a tool that is not here; says which. */
export function needsRoot(context: TestContext, ...tools: readonly string[]): void {
  if (process.platform !== 'linux') context.skip('needs Linux');
  if (process.getuid?.() !== 0) context.skip('needs root');
  for (const tool of tools) {
    if (spawnSync(tool, ['--version']).error !== undefined) context.skip(`needs ${tool}`);
  }
}

/** Mounts a file system of its own at a folder until the test ends; skips the test where the kernel does not let us. */
export function mountTmpfs(context: TestContext, folder: string, options: string): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  if (status !== 0) context.skip(`cannot mount a tmpfs: ${String(stderr).trim()}`);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
}

export function remount(folder: string, options: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${options}`, folder]);
  if (status !== 0) throw new Error(`cannot remount ${folder}: ${String(stderr)}`);
}

/** Whether a new network namespace can be made here, in which a test owns every interface and port. */
export function needsNetworkNamespace(context: TestContext): void {
  needsRoot(context, 'unshare', 'ip');
  const { status, stderr } = spawnSync('unshare', ['--net', 'true']);
  if (status !== 0) context.skip(`cannot make a network namespace: ${String(stderr).trim()}`);
}
