import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerOf, type SelftestAnswer } from '../../harness/commands/gate-selftest.ts';
import {
  countBetween,
  pairedMiddle,
  type OwnCount,
  type Plant,
  plantCommand,
} from '../../harness/commands/gate-selftest-bench.ts';
import {
  BASE_PLANTS,
  type CountBoth,
  isPlanted,
  plantFor,
  type SelftestCase,
} from '../../harness/commands/gate-selftest-plan.ts';
import type { GateRecord } from '../../harness/model/gate-record.ts';
import { commandWords } from '../../harness/commands/command-words.ts';
import { judgedRecord } from '../support/gate.ts';
import { repository } from '../support/source-tree.ts';

describe('what a selftest calls right', () => {
  const selfcase = (planted: number, achieved = planted): SelftestCase => {
    const plant = BASE_PLANTS.cpu;
    return { name: '', words: ['cpu'], base: plant, head: plant, planted, achieved };
  };
  const answer = (planted: number, record: GateRecord, achieved = planted): SelftestAnswer['right'] =>
    answerOf(selfcase(planted, achieved), record).right;
  const green = judgedRecord();
  const red = judgedRecord({ slowdown: 0.1, launches: 12, confirmations: 8 });
  const noisy = judgedRecord({ noise: 1.5, launches: 24 });

  it('is a green A/A and a red that was planted, as large as it was planted', () => {
    expect(answer(0, green)).toBe('right');
    expect(answer(0.1, red)).toBe('right');
  });

  it('is not a red that nobody planted, nor a green over a planted one', () => {
    expect(answer(0, red)).toBe('wrong');
    expect(answer(0.1, green)).toBe('wrong');
  });

  it('is not a red whose size is another than was planted', () => {
    expect(answer(0.3, red)).toBe('wrong');
  });

  it('cannot be told where the machine hid everything', () => {
    expect(answer(0, noisy)).toBe('cannot tell');
    expect(answer(0.1, noisy)).toBe('cannot tell');
  });

  it('cannot be told where the server itself did not count what was to be planted', () => {
    expect(answer(0.1, red, 0.02)).toBe('cannot tell');
    expect(answer(0.1, green, 0.02)).toBe('cannot tell');
  });

  it('shows what was counted beside what the gate estimated, and what it took', () => {
    const shown = answerOf(selfcase(0.1, 0.104), red);
    expect(shown).toMatchObject({ planted: 0.1, achieved: 0.104, verdict: 'regression', launches: 20 });
    expect(shown.estimate).toBeCloseTo(0.1, 2);
    expect(shown.minutes).toBeCloseTo((20 * 13.5) / 60, 6);
  });
});

/** Counts what a server would that has this truth: 10 µs and 2 ns an iteration, 60 MB and its ballast. */
function truth(cpuPerIterationUs = 0.002, reported: (plant: Plant) => number = (plant) => plant.iterations) {
  const asked: (readonly [Plant, Plant])[] = [];
  const count = (plant: Plant): OwnCount => ({
    cpuUs: 10 + cpuPerIterationUs * reported(plant),
    rssBytes: 60e6 + plant.ballastKib * 1_024,
    serviceP50Us: 1_000 * (plant.delayMs + (plant.longerShare > 0.5 ? plant.longerMs : 0)),
  });
  const countBoth: CountBoth = async (plants) => {
    asked.push(plants);
    return [count(plants[0]), count(plants[1])];
  };
  return { asked, countBoth };
}

describe('planting a slowdown', () => {
  it.each([
    ['cpu', 0.1],
    ['cpu', 0.05],
    ['rss', 0.1],
    ['rss', 0.07],
    ['p50', 0.1],
    ['p50', 0.05],
  ] as const)('in %s of %f is counted by the servers, and comes out as meant', async (word, slowdown) => {
    const planted = await plantFor(word, slowdown, truth().countBoth);
    expect(planted.words).toEqual([word]);
    expect(planted.planted).toBeCloseTo(slowdown, 3);
    expect(planted.achieved).toBeCloseTo(slowdown, 3);
    expect(isPlanted(planted)).toBe(true);
    expect(planted.head).not.toEqual(planted.base);
  });

  it('in CPU changes nothing but the work of a request, in memory nothing but ballast', async () => {
    const cpu = await plantFor('cpu', 0.1, truth().countBoth);
    expect({ ...cpu.head, iterations: cpu.base.iterations }).toEqual(cpu.base);
    const rss = await plantFor('rss', 0.1, truth().countBoth);
    expect({ ...rss.head, ballastKib: rss.base.ballastKib }).toEqual(rss.base);
  });

  it('is planted anew, by what was counted, where the first guess is off', async () => {
    // Beyond the work of base, an iteration costs only half as much.
    const { asked, countBoth } = truth(0.002, ({ iterations }) =>
      Math.min(iterations, 4_000 + (iterations - 4_000) / 2),
    );
    const planted = await plantFor('cpu', 0.1, countBoth);
    expect(planted.achieved).toBeCloseTo(0.1, 3);
    expect(asked).toHaveLength(3);
  });

  it('says what came out where it cannot be planted', async () => {
    const { asked, countBoth } = truth(0.002, ({ iterations }) => Math.min(iterations, 4_000));
    const planted = await plantFor('cpu', 0.1, countBoth);
    expect(planted.achieved).toBe(0);
    expect(isPlanted(planted)).toBe(false);
    expect(asked).toHaveLength(4);
  });

  it('is refused where an iteration costs nothing that can be counted', async () => {
    await expect(plantFor('cpu', 0.1, truth(0).countBoth)).rejects.toMatchObject({ code: 'PREFLIGHT' });
  });

  it('holds as planted what lies within a quarter of it', () => {
    expect(isPlanted({ planted: 0.1, achieved: 0.12 })).toBe(true);
    expect(isPlanted({ planted: 0.1, achieved: 0.07 })).toBe(false);
    expect(isPlanted({ planted: 0.02, achieved: 0.029 })).toBe(true);
    expect(isPlanted({ planted: 0.1, achieved: Number.NaN })).toBe(false);
  });
});

describe('counting two servers side by side', () => {
  it('takes the middle of the ratios of each round, so that a machine that slows down cancels out', () => {
    const count = (cpuUs: number): OwnCount => ({ cpuUs, rssBytes: 2 * cpuUs, serviceP50Us: 0 });
    const drifting = [10, 12, 16, 24, 40];
    const [first, second] = pairedMiddle(
      drifting.map(count),
      drifting.map((cpuUs, round) => count(round === 1 ? 90 : 1.1 * cpuUs)),
    );
    expect(first.cpuUs).toBe(16);
    expect(second.cpuUs / first.cpuUs).toBeCloseTo(1.1, 10);
    expect(second.rssBytes / first.rssBytes).toBeCloseTo(1.1, 10);
  });
});

describe('the server of the selftest', () => {
  const ask = (port: number, url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: url, agent: false }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(text));
        })
        .on('error', reject);
    });

  async function serving(plant: Partial<Plant>, use: (port: number) => Promise<void>): Promise<void> {
    const [file = '', ...args] = commandWords(plantCommand({ ...BASE_PLANTS.rss, ballastKib: 0, ...plant }));
    const port = 20_000 + (process.pid % 10_000);
    const server = spawn(file, args, { env: { HOST: '127.0.0.1', PORT: String(port) }, stdio: 'ignore' });
    try {
      for (let i = 0; i < 200; i++) {
        const isUp = await ask(port, '/counters').then(
          () => true,
          () => false,
        );
        if (isUp) break;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      await use(port);
    } finally {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    }
  }

  const counters = async (port: number): Promise<OwnCount & { served: number }> =>
    JSON.parse(await ask(port, '/counters'));

  it('counts the requests that it served, and not those for its counters', async () => {
    await serving({ iterations: 100 }, async (port) => {
      const before = await counters(port);
      for (let i = 0; i < 20; i++) expect(await ask(port, '/')).toHaveLength(1_024);
      const after = await counters(port);
      expect(after.served - before.served).toBe(20);
      expect(countBetween(before, after).cpuUs).toBeGreaterThan(0);
      expect(countBetween(after, after).cpuUs).toBeNaN();
    });
  });

  it('keeps its ballast resident', async () => {
    const rssOf = async (ballastKib: number): Promise<number> => {
      let rssBytes = 0;
      await serving({ ballastKib }, async (port) => {
        ({ rssBytes } = await counters(port));
      });
      return rssBytes;
    };
    const more = (await rssOf(131_072)) - (await rssOf(0));
    expect(more).toBeGreaterThan(120 * 1_048_576);
    expect(more).toBeLessThan(145 * 1_048_576);
  });

  it('lets a share of requests wait longer, evenly spread, and its median shows it', async () => {
    await serving({ delayMs: 10, longerMs: 5, longerShare: 0.6 }, async (port) => {
      await Promise.all(Array.from({ length: 100 }, () => ask(port, '/')));
      const { serviceP50Us } = await counters(port);
      expect(serviceP50Us).toBeGreaterThan(14_500);
    });
  });

  it('is part of what is published, with the schemas', () => {
    const { files } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
    expect(files).toEqual(expect.arrayContaining(['tools/selftest', 'docs/schema']));
  });
});
