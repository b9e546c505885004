import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChildHandle, runCommand, spawnChild } from '../../harness/base/subprocess.ts';

const node = process.execPath;
const started: ChildHandle[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.signalGroup('SIGKILL');
});

function start(
  source: string,
  options: { cpus?: number[]; onOutput?: (chunk: Uint8Array) => void } = {},
): ChildHandle {
  const child = spawnChild(node, ['-e', source], {
    onOutput: options.onOutput ?? (() => undefined),
    cpus: options.cpus ?? null,
    env: { PATH: process.env['PATH'] ?? '', MARK: 'here' },
    cwd: os.tmpdir(),
  });
  if (!('pid' in child)) throw new Error(`not started: ${child.spawnError}`);
  started.push(child);
  return child;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, ms = 5_000): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 20) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe('a command', () => {
  it('gives its exit code and output', async () => {
    const result = await runCommand({
      file: node,
      args: ['-e', 'console.log("out"); console.error("err"); process.exit(3)'],
    });
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      stdout: 'out',
      stderr: 'err',
      spawnError: null,
    });
  });

  it('that does not exist says so instead of throwing', async () => {
    const result = await runCommand({ file: '/nowhere/at-all', args: [] });
    expect(result.exitCode).toBeNull();
    expect(result.spawnError).toMatch(/ENOENT/);
  });

  it('that takes too long is ended', async () => {
    const result = await runCommand(
      { file: node, args: ['-e', 'setTimeout(() => {}, 60000)'] },
      { timeoutMs: 200 },
    );
    expect(result).toMatchObject({ timedOut: true });
  });

  it('S12 B29: is never read by a shell', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-shell-'));
    const bait = path.join(folder, 'made');
    const hostile = [
      `$(touch ${bait})`,
      `; touch ${bait}`,
      `\`touch ${bait}\``,
      `| touch ${bait}`,
      `\n touch ${bait}`,
    ];
    const result = await runCommand({
      file: node,
      args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...hostile],
    });
    expect(JSON.parse(result.stdout)).toEqual(hostile);
    expect(existsSync(bait)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

describe('a long-lived child', () => {
  it('sees only the environment that it is given', async () => {
    let output = '';
    const child = start('console.log(Object.keys(process.env).sort().join())', {
      onOutput: (chunk) => (output += Buffer.from(chunk)),
    });
    await child.exited;
    expect(output.trim()).toBe('MARK,PATH');
  });

  it('F35: is ended with everything that it started', async () => {
    let output = '';
    const child = start(
      `const { spawn } = require('node:child_process');
       console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }).pid);
       setInterval(() => {}, 1000);`,
      { onOutput: (chunk) => (output += Buffer.from(chunk)) },
    );
    expect(await until(() => /^\d+\n/.test(output))).toBe(true);
    const grandchild = Number(output.trim());
    expect(isAlive(grandchild)).toBe(true);
    child.signalGroup('SIGKILL');
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await until(() => !isAlive(grandchild))).toBe(true);
    // A zombie still counts as a member of its group until init has taken note of it.
    expect(await until(() => !child.signalGroup('SIGKILL'))).toBe(true);
  });

  it.runIf(existsSync('/usr/bin/taskset'))('runs on the CPUs that it is given', async () => {
    let output = '';
    const source = `console.log(require('node:fs').readFileSync('/proc/self/status', 'utf8').match(/Cpus_allowed_list:\\s*(\\S+)/)[1])`;
    const child = start(source, { cpus: [0], onOutput: (chunk) => (output += Buffer.from(chunk)) });
    await child.exited;
    expect(output.trim()).toBe('0');
  });

  it.runIf(existsSync('/usr/bin/setpriv'))(
    'F23: dies with the process that started it, even when that is killed',
    async () => {
      let grandchildText = '';
      const module = new URL('../../harness/base/subprocess.ts', import.meta.url).href;
      const parent = start(
        `import(${JSON.stringify(module)}).then(({ spawnChild }) => {
         const child = spawnChild(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
           { onOutput() {}, cpus: null, env: {}, cwd: '/' });
         console.log(child.pid);
       }); setInterval(() => {}, 1000);`,
        { onOutput: (chunk) => (grandchildText += Buffer.from(chunk)) },
      );
      expect(await until(() => /^\d+\n/.test(grandchildText))).toBe(true);
      const grandchild = Number(grandchildText.trim());
      process.kill(parent.pid, 'SIGKILL');
      expect(await until(() => !isAlive(grandchild))).toBe(true);
    },
  );

  it('F34: frees each chunk as soon as it was handed over, so that a flood weighs no more than a drop', async () => {
    const flood = `const { writeSync } = require('node:fs');
      const block = Buffer.alloc(65_536, 'x');
      for (let sent = 0; sent < 100_000_000; ) {
        try { sent += writeSync(1, block); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
      }`;
    const before = process.memoryUsage().arrayBuffers;
    let bytes = 0;
    let largest = 0;
    const child = start(flood, {
      onOutput: (chunk) => {
        bytes += chunk.length;
        largest = Math.max(largest, process.memoryUsage().arrayBuffers - before);
      },
    });
    expect(await child.exited).toMatchObject({ exitCode: 0 });
    expect(bytes).toBeGreaterThanOrEqual(100_000_000);
    // Some chunks of 64 KiB at a time; uncollected they were 40 to 64 MB.
    expect(largest).toBeLessThan(4_000_000);
  });

  it('hands over chunks that hold what was written, each whole while the caller looks at it', async () => {
    const seen: string[] = [];
    const kept: Uint8Array[] = [];
    const child = start(`process.stdout.write('a'.repeat(200_000) + 'end')`, {
      onOutput: (chunk) => {
        seen.push(Buffer.from(chunk).toString());
        kept.push(chunk);
      },
    });
    await child.exited;
    expect(seen.join('')).toBe(`${'a'.repeat(200_000)}end`);
    expect(kept.map(({ length }) => length)).toEqual(kept.map(() => 0));
  });
});
