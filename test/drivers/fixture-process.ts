import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Starts a fixture program under this Node and gives its first line of output. */
export async function startFixture(
  name: string,
  args: readonly (string | number)[],
): Promise<{ line: string; child: ChildProcess }> {
  const file = fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let line = '';
  while (!line.includes('\n')) {
    const [chunk] = await once(child.stdout, 'data');
    line += String(chunk);
  }
  return { line: line.trim(), child };
}

export async function stopFixture(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Share of the last 10 s in which some task waited for a CPU, in percent; 0 where the kernel does not tell. */
export function cpuPressure(): number {
  try {
    return Number(/^some avg10=([\d.]+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
