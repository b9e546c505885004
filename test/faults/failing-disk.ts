import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { scratchFolder } from '../support/cli.ts';

/** Where and when a disk fails, and with what. */
export interface DiskFault {
  under: string;
  errno: 'EIO' | 'EDQUOT' | 'EMFILE';
  call?: 'write' | 'fsync';
  /** The first call that fails, from 1. */
  from?: number;
}

/** Builds the library that fails calls in the process that preloads it; skips where it cannot be built. */
export function failingDisk(context: TestContext): (fault: DiskFault) => Record<string, string> {
  if (process.platform !== 'linux') context.skip('needs Linux');
  const library = path.join(scratchFolder(), 'failing-disk.so');
  const source = path.join(import.meta.dirname, 'fixtures', 'failing-disk.c');
  const args = ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'];
  const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  if (error !== undefined) context.skip('needs a C compiler');
  if (status !== 0) throw new Error(`${source} does not compile\n${stderr}`);
  return ({ under, errno, call = 'write', from = 1 }) => ({
    LD_PRELOAD: library,
    FAIL_UNDER: under,
    FAIL_CALL: call,
    FAIL_FROM: String(from),
    FAIL_ERRNO: String(os.constants.errno[errno]),
  });
}
