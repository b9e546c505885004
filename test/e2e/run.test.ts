import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { imbalance } from '../../harness/model/counts.ts';
import type { Session } from '../../harness/model/session.ts';
import { isMeasured, type MeasuredTrial } from '../../harness/model/trial.ts';
import { parseSession } from '../../harness/store/session-store.ts';
import { type CliResult, eventually, httpdyno, scratchFolder, sharedFolder } from '../support/cli.ts';
import { processesWith } from '../support/processes.ts';
import { repository } from '../support/source-tree.ts';

/** All sessions here: what the first has calibrated, the others need not. */
const results = sharedFolder();

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
const SMALL = ['--target', 'node-http', '--scenario', '1kb', '--driver', 'dyno'];

interface ShortRun {
  trials: MeasuredTrial[];
  stdout: string;
  folder: string;
}

function stored(id: string): Session {
  const file = path.join(results, id, 'session.json');
  return parseSession(readFileSync(file, 'utf8'), file);
}

/** Trials of a short run over the given targets, with what was printed. */
async function shortRun(id: string, args: readonly string[]): Promise<ShortRun> {
  const { code, stdout, stderr } = await httpdyno([
    'run',
    ...SHORT,
    '--results',
    results,
    '--id',
    id,
    ...args,
  ]);
  // On a busy machine trials may be invalid for that reason: the run says so with exit code 3, never by crashing.
  expect([0, 3], stderr).toContain(code);
  const session = stored(id);
  expect(session.status).toBe('complete');
  return { trials: session.trials.filter(isMeasured), stdout, folder: path.join(results, id) };
}

describe('a run', () => {
  let both: ShortRun;
  beforeAll(async () => {
    both = await shortRun('both', ['--target', 'node-http', '--scenario', '1kb,1mb', '--seed', '7']);
  }, 120_000);

  it('measures real servers and writes what it found', () => {
    const { trials, stdout, folder } = both;
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

  it('moves exactly as many body bytes as there were responses', () => {
    const large = both.trials.filter(({ scenarioId }) => scenarioId === '1mb');
    expect(large).toHaveLength(1);
    for (const { load } of large) expect(load.bodyBytesInWindow).toBe(load.okInWindow * 1_048_576);
  });

  it('P12: of the same seed has the same plan', async () => {
    const order = async (id: string): Promise<string[]> => {
      const { trials } = await shortRun(id, [
        '--target',
        'node-http,fastify',
        '--scenario',
        '1kb',
        '--driver',
        'dyno',
        '--seed',
        '99',
        '--rounds',
        '2',
        '--duration',
        '100ms',
      ]);
      return trials.map((trial) => trial.targetId);
    };
    expect(await order('seed-first')).toEqual(await order('seed-again'));
  });
});

describe('an interrupted run', () => {
  let cut: CliResult & { toEndMs: number; session: Session; left: number[] };
  beforeAll(async () => {
    const args = [...SHORT, ...SMALL, '--rounds', '3', '--duration', '1s', '--results', results];
    let signalledAt = 0;
    const ended = await httpdyno(['run', ...args, '--id', 'cut'], {
      during: async ({ kill, stderr }) => {
        expect(await eventually(() => stderr().includes('[1/3]'), 30_000)).toBe(true);
        signalledAt = performance.now();
        kill('SIGINT');
      },
    });
    const toEndMs = performance.now() - signalledAt;
    cut = { ...ended, toEndMs, session: stored('cut'), left: processesWith('HTTPDYNO_SESSION=cut') };
  }, 120_000);

  it('F21 P8: by Ctrl-C ends within 5 s with 130, keeps what is done, and leaves no process', () => {
    expect(cut.toEndMs).toBeLessThan(5_000);
    expect(cut.code, cut.stderr).toBe(130);
    expect(cut.session.status).toBe('interrupted');
    expect(cut.session.trials[0]?.verdict).not.toBe('aborted');
    expect(cut.left).toEqual([]);
  });

  it('P9: is finished by resume, which runs only what is missing, in the same plan', async () => {
    const { trials, plan } = cut.session;
    const kept = trials.filter((trial) => trial.verdict !== 'aborted');
    const { code, stderr } = await httpdyno(['resume', 'cut', '--no-build', '--results', results]);
    expect([0, 3], stderr).toContain(code);
    const after = stored('cut');
    expect(after.status).toBe('complete');
    expect(after.plan).toEqual(plan);
    expect(after.trials.map((trial) => trial.index)).toEqual([0, 1, 2]);
    expect(after.trials.slice(0, kept.length)).toEqual(kept);
  });

  it('F23 P8: by SIGKILL leaves nothing after the next start, and a whole session file', async () => {
    const args = [...SHORT, ...SMALL, '--workers', '2', '--rounds', '2', '--duration', '5s'];
    await httpdyno(['run', ...args, '--results', results, '--id', 'killed'], {
      during: async ({ kill }) => {
        const runs = (): boolean => processesWith('HTTPDYNO_SESSION=killed').length > 0;
        expect(await eventually(runs, 20_000)).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 500));
        kill('SIGKILL');
      },
    });
    expect(stored('killed').status).toBe('running');
    await shortRun('after-killed', SMALL);
    expect(processesWith('HTTPDYNO_SESSION=killed')).toEqual([]);
    expect(readdirSync(path.join(results, 'killed'))).toEqual(['session.json']);
  });
});

describe('a complete session', () => {
  let json: ShortRun;
  beforeAll(async () => {
    json = await shortRun('short', [...SMALL, '--json']);
  }, 120_000);

  it('prints nothing but JSON on stdout when asked to', () => {
    expect(JSON.parse(json.stdout)).toMatchObject({
      session: 'short',
      cells: [{ targetId: 'node-http', scenarioId: '1kb' }],
    });
  });

  it('leaves nothing to do for resume', async () => {
    const { code, stderr } = await httpdyno(['resume', json.folder, '--no-build']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'session short is complete: nothing is missing\n' });
  });

  it('is run again by reproduce, which says for each cell and metric whether it agrees', async () => {
    const before = new Set(readdirSync(results));
    const again = await httpdyno(['reproduce', 'short', '--no-build', '--results', results]);
    expect([0, 3], again.stderr).toContain(again.code);
    // First that it is the same experiment, then the figures, then what follows.
    const lines = again.stdout
      .trimEnd()
      .split('\n')
      .slice(again.stdout.split('\n').findIndex((line) => line.startsWith('= ')));
    expect(lines.slice(0, 5)).toEqual([
      expect.stringMatching(/^= binary hash of node-http: [0-9a-f]{64}$/),
      '= command of node-http: node server.js',
      expect.stringMatching(/^= seed: \d+$/),
      expect.stringMatching(/^= order of the trials: node-http\/1kb/),
      expect.stringMatching(/^= httpdyno: \d+\.\d+\.\d+/),
    ]);
    expect(again.stdout).toMatch(/^node-http 1kb cpuUsPerRequest: (agrees|differs|undecided)/m);
    expect(lines.at(-1)).toMatch(
      /^The result (agrees|differs|cannot be told): of 4 figures \d+ agree, \d+ differ, /,
    );
    const added = readdirSync(results).filter((name) => !before.has(name) && name !== 'calibration');
    expect(added).toHaveLength(1);
    expect(stored(added[0] ?? '').plan).toEqual(stored('short').plan);
  });

  it('is not reproduced when what would run is not what was measured', async () => {
    const project = scratchFolder();
    cpSync(path.join(repository, 'servers', 'node-http'), path.join(project, 'servers', 'node-http'), {
      recursive: true,
    });
    cpSync(path.join(repository, 'scenarios'), path.join(project, 'scenarios'), { recursive: true });
    const run = ['run', ...SHORT, ...SMALL, '--id', 'before', '--results', results];
    const { code: ran, stderr: said } = await httpdyno(run, { cwd: project });
    expect([0, 3], said).toContain(ran);
    appendFileSync(path.join(project, 'servers', 'node-http', 'server.js'), '\n// another server now\n');
    const changed = await httpdyno(['reproduce', 'before', '--no-build', '--results', results], {
      cwd: project,
    });
    expect(changed.code).toBe(4);
    expect(changed.stderr).toMatch(/no longer what the session measured: node-http/);
  });
});
