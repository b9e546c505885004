import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askTools, type ToolAnswer } from '../../../harness/session/environment/tools.ts';
import { scratchFolder } from '../../support/cli.ts';

/** Asks for a tool that is the given script. */
async function answerOf(id: string, script: string, timeoutMs = 5_000): Promise<ToolAnswer | undefined> {
  const file = path.join(scratchFolder(), id);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const answers = await askTools({ find: (name) => (name === id ? file : null), timeoutMs });
  return answers.get(id);
}

describe('asking a tool for its version', () => {
  it('finds it in what the tool prints', async () => {
    expect(await answerOf('cargo', 'echo "cargo 1.95.0 (f2d3ce0bd 2026-03-21)"')).toEqual({
      kind: 'version',
      version: '1.95.0',
    });
    expect(await answerOf('go', 'echo "go version go1.26.8 linux/amd64"')).toEqual({
      kind: 'version',
      version: '1.26.8',
    });
  });

  it('does not mind the exit code: wrk prints its version and fails', async () => {
    expect(await answerOf('wrk', 'echo "wrk debian/4.1.0-3 [epoll] (C)"; exit 1')).toEqual({
      kind: 'version',
      version: '4.1.0-3',
    });
  });

  it('keeps the first line of what a client says whose daemon is away', async () => {
    const script = 'echo; echo "Cannot connect to the Docker daemon" >&2; echo more >&2; exit 1';
    expect(await answerOf('docker', script)).toEqual({
      kind: 'silent',
      why: 'Cannot connect to the Docker daemon',
    });
  });

  it('gives up on one that hangs', async () => {
    expect(await answerOf('docker', 'exec sleep 20', 200)).toEqual({
      kind: 'silent',
      why: 'no answer in 200ms',
    });
  });

  it('says missing of what is not found, and of what cannot be started', async () => {
    const answers = await askTools({
      find: (name) => (name === 'go' ? '/nonexistent/go' : null),
      timeoutMs: 1_000,
    });
    expect([...answers.values()].map(({ kind }) => kind)).toEqual(Array(5).fill('missing'));
  });

  it('does not start a browser, which would take a second', async () => {
    expect(await answerOf('firefox', 'sleep 20')).toBeUndefined();
    const answers = await askTools({
      find: (name) => (name === 'firefox' ? '/opt/firefox' : null),
      timeoutMs: 1_000,
    });
    expect(answers.get('browser')).toEqual({ kind: 'version', version: '/opt/firefox' });
  });
});
