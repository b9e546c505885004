import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno, scratchFolder } from '../support/cli.ts';

const SECRET = 'hunter2-canary-5f1c9e';

describe('S15 a secret in the environment', () => {
  it('is in no file that a run leaves, and in nothing that it prints', async () => {
    const results = scratchFolder();
    const work = ['--target', 'node-http', '--scenario', '1kb', '--driver', 'dyno', '--rounds', '1'];
    const args = [
      'run',
      '--no-build',
      ...work,
      '--duration',
      '200ms',
      '--warmup',
      '100ms',
      '--results',
      results,
    ];
    const env = {
      AWS_SECRET_ACCESS_KEY: SECRET,
      npm_config__authToken: SECRET,
      DATABASE_URL: `pg://u:${SECRET}@h`,
    };
    const { code, stdout, stderr } = await httpdyno([...args, '--id', 'canary'], { env });
    expect([0, 3], stderr).toContain(code);
    expect(stdout + stderr).not.toContain(SECRET);
    const files = readdirSync(results, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name)).toContain('session.json');
    for (const { parentPath, name } of files) {
      expect(readFileSync(path.join(parentPath, name)).includes(SECRET), name).toBe(false);
    }
  });
});
