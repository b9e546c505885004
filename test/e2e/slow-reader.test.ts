import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno } from '../support/cli.ts';
import { repository } from '../support/source-tree.ts';

const LONG = ['report', 'reference', '--claims', '--format', 'json'];
/** What a pipe holds on Linux before its writer must wait. */
const PIPE_BYTES = 65_536;

/** Runs through a shell's pipe, whose reader begins only after the given time; gives how many bytes it read. */
function readLate(
  args: readonly string[],
  seconds: number,
): Promise<{ code: number | null; stdout: string }> {
  const command = `"$@" | (sleep ${seconds}; cat); exit "\${PIPESTATUS[0]}"`;
  const cli = [process.execPath, path.join(repository, 'harness', 'cli.ts'), ...args];
  const child = spawn('bash', ['-c', command, 'bash', ...cli], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout })));
}

describe('a reader that takes its time', () => {
  it('gets the whole of a result that is longer than a pipe holds', async () => {
    const { code, stdout } = await readLate(LONG, 4);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(PIPE_BYTES);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, session: 'reference' });
  });

  it('gets what one in a hurry gets', async () => {
    const [late, soon] = [await readLate(LONG, 2), await httpdyno(LONG)];
    expect(late.stdout === soon.stdout).toBe(true);
  });
});

describe('a reader that goes away', () => {
  it('ends the command as a failure of output, not as a success', async () => {
    const command = '"$@" | true; exit "${PIPESTATUS[0]}"';
    const cli = [process.execPath, path.join(repository, 'harness', 'cli.ts'), ...LONG];
    const child = spawn('bash', ['-c', command, 'bash', ...cli], { cwd: repository, stdio: 'ignore' });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(5);
  });
});
