import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../harness/base/subprocess.ts';
import { verdictOf } from '../../../tools/bench/figure.ts';
import { benchRecordSchema, type PartRecord } from '../../../tools/bench/record.ts';
import { repository } from '../../support/source-tree.ts';

const SERVER = 'servers/tokio/target/release/httpdyno-tokio';
const isBuilt = existsSync(path.join(repository, SERVER));
const results = mkdtempSync(path.join(os.tmpdir(), 'httpdyno-bench-'));
afterAll(() => rmSync(results, { recursive: true, force: true }));

function sampleOf(part: PartRecord | undefined, id: string): number | undefined {
  return part?.figures.find((figure) => figure.id === id)?.samples[0];
}

describe.skipIf(!isBuilt || os.availableParallelism() < 2)(
  `the benchmark of the engine (${isBuilt ? 'on real servers' : `${SERVER} is not built`})`,
  () => {
    it('measures a part, prints each figure, and stores what it printed', async () => {
      const args = ['--quick', '--only', 'workers', '--port', '38941', '--out', results];
      const { exitCode, stdout, stderr } = await runCommand(
        { file: process.execPath, args: [path.join(repository, 'tools/bench-engine.ts'), ...args] },
        { timeoutMs: 90_000 },
      );
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain('workers: 2 worker(s)');
      const [file = '', ...others] = readdirSync(results);
      expect(others).toEqual([]);
      const record = benchRecordSchema.parse(JSON.parse(readFileSync(path.join(results, file), 'utf8')));
      expect(record).toMatchObject({ rounds: 1, command: `npm run bench:engine -- ${args.join(' ')}` });
      const [part] = record.parts;
      for (const { title } of part?.figures ?? []) expect(stdout).toContain(title);

      // Two workers share what cannot be shared evenly, to the request: no matter how busy the machine is.
      expect(sampleOf(part, '2.counts')).toBe(0);
      expect(sampleOf(part, '2.rate')).toBeLessThanOrEqual(2);
      expect(sampleOf(part, '2.connections')).toBe(0);
      expect(part?.figures.map(verdictOf)).not.toContain('not measured');
    });

    it('fails where a part has no figures, and says what it lacks', async () => {
      const args = ['--quick', '--only', 'throughput', '--port', '38942', '--out', results];
      const { exitCode, stdout } = await runCommand(
        {
          file: process.execPath,
          args: [path.join(repository, 'tools/bench-engine.ts'), ...args],
          env: { PATH: path.join(results, 'nowhere') },
        },
        { timeoutMs: 90_000 },
      );
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/DISTURBED: not measured: \w+: taskset does not start/);
    });
  },
);
