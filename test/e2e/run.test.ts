import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { imbalance } from '../../harness/model/counts.ts';
import { isMeasured, type MeasuredTrial } from '../../harness/model/trial.ts';
import { parseSession } from '../../harness/store/session-store.ts';
import { eventually, httpdyno, scratchFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { repository } from '../support/source-tree.ts';

const SHORT = [
  '--no-build',
  '--rounds',
  '1',
  '--duration',
  '400ms',
  '--warmup',
  '200ms',
  '--connections',
  '8',
];

/** Trials of a short run over the given targets, with what was printed. */
async function shortRun(
  args: string[],
): Promise<{ trials: MeasuredTrial[]; stdout: string; stderr: string; folder: string }> {
  const results = scratchFolder();
  const { code, stdout, stderr } = await httpdyno([
    'run',
    ...SHORT,
    '--results',
    results,
    '--id',
    'short',
    ...args,
  ]);
  // On a busy machine trials may be invalid for that reason: the run says so with exit code 3, never by crashing.
  expect([0, 3], stderr).toContain(code);
  const folder = path.join(results, 'short');
  const session = parseSession(readFileSync(path.join(folder, 'session.json'), 'utf8'), 'session.json');
  expect(session.status).toBe('complete');
  return { trials: session.trials.filter(isMeasured), stdout, stderr, folder };
}

describe('a run', () => {
  it('measures real servers and writes what it found', async () => {
    const { trials, stdout, folder } = await shortRun([
      '--target',
      'node-http',
      '--scenario',
      '1kb,1mb',
      '--seed',
      '7',
    ]);
    expect(trials.map((trial) => trial.scenarioId).toSorted()).toEqual(['1kb', '1mb']);
    for (const { load, resources } of trials) {
      expect(imbalance(load.counts)).toBe(0);
      expect(load.counts.ok).toBeGreaterThan(10);
      expect(resources.cpuNs.value).toBeGreaterThan(0);
      expect(resources.memoryRssPeakBytes.value).toBeGreaterThan(10 * 1_048_576);
    }
    expect(stdout).toContain('node-http');
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['session.json', 'report.md']));
    expect(readFileSync(path.join(folder, 'report.md'), 'utf8')).toContain('1 KB');
  });

  it('moves exactly as many body bytes as there were responses', async () => {
    const { trials } = await shortRun(['--target', 'node-http', '--scenario', '1mb']);
    for (const { load } of trials) expect(load.bodyBytesInWindow).toBe(load.okInWindow * 1_048_576);
  });

  it('prints nothing but JSON on stdout when asked to', async () => {
    const { stdout } = await shortRun(['--target', 'node-http', '--scenario', '1kb', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      session: 'short',
      cells: [{ targetId: 'node-http', scenarioId: '1kb' }],
    });
  });

  it('P12: of the same seed has the same plan', async () => {
    const order = async (): Promise<string[]> => {
      const { trials } = await shortRun([
        '--target',
        'node-http,fastify',
        '--scenario',
        '1kb',
        '--seed',
        '99',
        '--rounds',
        '2',
        '--duration',
        '100ms',
      ]);
      return trials.map((trial) => trial.targetId);
    };
    expect(await order()).toEqual(await order());
  });
});

describe('an interrupted run', () => {
  it('F21 P8: by Ctrl-C ends within 5 s with 130, keeps what is done, and leaves no process', async () => {
    const results = scratchFolder();
    const args = [
      'run',
      '--no-build',
      '--target',
      'node-http',
      '--scenario',
      '1kb',
      '--rounds',
      '3',
      '--duration',
      '2s',
      '--warmup',
      '200ms',
    ];
    let signalledAt = 0;
    const { code, stderr } = await httpdyno([...args, '--results', results, '--id', 'cut'], {
      during: async ({ kill, stderr: soFar }) => {
        expect(await eventually(() => soFar().includes('[1/3]'), 20_000)).toBe(true);
        signalledAt = performance.now();
        kill('SIGINT');
      },
    });
    expect(performance.now() - signalledAt).toBeLessThan(5_000);
    expect(code, stderr).toBe(130);
    const session = parseSession(
      readFileSync(path.join(results, 'cut', 'session.json'), 'utf8'),
      'session.json',
    );
    expect(session.status).toBe('interrupted');
    expect(session.trials[0]?.verdict).not.toBe('aborted');
    expect(processesWith('HTTPDYNO_SESSION=cut')).toEqual([]);
  });

  it('F23 P8: by SIGKILL leaves nothing after the next start, and a whole session file', async () => {
    const results = scratchFolder();
    const args = [
      'run',
      '--no-build',
      '--target',
      'node-http',
      '--scenario',
      '1kb',
      '--workers',
      '2',
      '--rounds',
      '2',
      '--duration',
      '5s',
      '--warmup',
      '200ms',
    ];
    await httpdyno([...args, '--results', results, '--id', 'killed'], {
      during: async ({ kill }) => {
        expect(await eventually(() => processesWith('HTTPDYNO_SESSION=killed').length > 0, 20_000)).toBe(
          true,
        );
        await new Promise((resolve) => setTimeout(resolve, 500));
        kill('SIGKILL');
      },
    });
    const file = path.join(results, 'killed', 'session.json');
    expect(parseSession(readFileSync(file, 'utf8'), file).status).toBe('running');
    await shortRun(['--target', 'node-http', '--scenario', '1kb']);
    expect(processesWith('HTTPDYNO_SESSION=killed')).toEqual([]);
    expect(readdirSync(path.dirname(file))).toEqual(['session.json']);
  });
});

describe('resume', () => {
  it('P9: finishes an interrupted session by running only what is missing, in the same plan', async () => {
    const results = scratchFolder();
    const args = [
      'run',
      '--no-build',
      '--driver',
      'dyno',
      '--target',
      'node-http',
      '--scenario',
      '1kb',
      '--rounds',
      '3',
      '--duration',
      '1s',
      '--warmup',
      '200ms',
    ];
    await httpdyno([...args, '--results', results, '--id', 'cut'], {
      during: async ({ kill, stderr }) => {
        expect(await eventually(() => stderr().includes('[1/3]'), 20_000)).toBe(true);
        kill('SIGINT');
      },
    });
    const file = path.join(results, 'cut', 'session.json');
    const before = parseSession(readFileSync(file, 'utf8'), file);
    const kept = before.trials.filter((trial) => trial.verdict !== 'aborted');
    const { code, stderr } = await httpdyno(['resume', 'cut', '--no-build', '--results', results]);
    expect([0, 3], stderr).toContain(code);
    const after = parseSession(readFileSync(file, 'utf8'), file);
    expect(after.status).toBe('complete');
    expect(after.plan).toEqual(before.plan);
    expect(after.trials.map((trial) => trial.index)).toEqual([0, 1, 2]);
    expect(after.trials.slice(0, kept.length)).toEqual(kept);
  });

  it('has nothing to do for a complete session', async () => {
    const { folder } = await shortRun(['--target', 'node-http', '--scenario', '1kb']);
    const { code, stderr } = await httpdyno(['resume', folder, '--no-build']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'session short is complete: nothing is missing\n' });
  });
});

describe('reproduce', () => {
  it('runs the stored plan again and says for each cell and metric whether it agrees', async () => {
    const { folder } = await shortRun(['--target', 'node-http', '--scenario', '1kb', '--driver', 'dyno']);
    const results = path.dirname(folder);
    const { code, stdout, stderr } = await httpdyno([
      'reproduce',
      'short',
      '--no-build',
      '--results',
      results,
    ]);
    expect([0, 3], stderr).toContain(code);
    expect(stdout).toMatch(/^node-http 1kb cpuUsPerRequest: (agrees|differs|undecided)/m);
    const [again] = readdirSync(results).filter((name) => name !== 'short' && name !== 'calibration');
    const file = path.join(results, again ?? '', 'session.json');
    const before = parseSession(readFileSync(path.join(folder, 'session.json'), 'utf8'), 'session.json');
    expect(parseSession(readFileSync(file, 'utf8'), file).plan).toEqual(before.plan);
  });

  it('refuses when what would run is not what was measured', async () => {
    const project = scratchFolder();
    cpSync(path.join(repository, 'servers', 'node-http'), path.join(project, 'servers', 'node-http'), {
      recursive: true,
    });
    cpSync(path.join(repository, 'scenarios'), path.join(project, 'scenarios'), { recursive: true });
    const run = ['run', ...SHORT, '--driver', 'dyno', '--scenario', '1kb', '--id', 'before'];
    const { code: ran, stderr: said } = await httpdyno(run, { cwd: project });
    expect([0, 3], said).toContain(ran);
    appendFileSync(path.join(project, 'servers', 'node-http', 'server.js'), '\n// another server now\n');
    const { code, stderr } = await httpdyno(['reproduce', 'before', '--no-build'], { cwd: project });
    expect(code).toBe(4);
    expect(stderr).toMatch(/no longer what the session measured: node-http/);
  });
});
