import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BaselineRun } from '../../harness/model/baseline.ts';
import {
  appendRun,
  baselineFile,
  initBaseline,
  readBaseline,
  readBaselines,
} from '../../harness/store/baselines.ts';
import { createGateFolder, readGate } from '../../harness/store/gate-store.ts';
import { scratchFolder } from '../support/cli.ts';
import { gateRecord } from '../support/gate.ts';

function run(number: number): BaselineRun {
  return {
    gateId: `gate-${number}`,
    at: '2026-01-01T00:00:00.000Z',
    harnessVersion: '0.1.0',
    fingerprint: 'f'.repeat(64),
    workloadHash: 'a'.repeat(64),
    targetVersion: null,
    artifactHash: null,
    gitCommit: null,
    reference: { id: 'null-server', hash: null },
    cells: [{ scenarioId: 'small', metric: 'cpuUsPerRequest', values: [50 + number], reference: [7] }],
  };
}
const ids = (runs: readonly BaselineRun[]): string[] => runs.map(({ gateId }) => gateId);

describe('baselines on disk', () => {
  it('begin with one run, and are never replaced', async () => {
    const file = baselineFile(scratchFolder(), 'server');
    await initBaseline(file, 'server', run(1));
    expect(ids((await readBaseline(file)).runs)).toEqual(['gate-1']);
    await expect(initBaseline(file, 'server', run(2))).rejects.toMatchObject({ code: 'USAGE' });
    expect(ids((await readBaseline(file)).runs)).toEqual(['gate-1']);
  });

  it('keep the last twenty runs in order, and a pinned one beside them', async () => {
    const file = baselineFile(scratchFolder(), 'server');
    await initBaseline(file, 'server', run(1));
    for (let i = 2; i <= 25; i++) await appendRun(file, run(i), i === 3);
    const { runs, pinned } = await readBaseline(file);
    expect(runs).toHaveLength(20);
    expect(ids(runs).at(0)).toBe('gate-6');
    expect(ids(runs).at(-1)).toBe('gate-25');
    expect(pinned?.gateId).toBe('gate-3');
  });

  it('keep the value of every launch, not one number', async () => {
    const file = baselineFile(scratchFolder(), 'server');
    await initBaseline(file, 'server', run(1));
    expect(JSON.parse(readFileSync(file, 'utf8')).runs[0].cells[0].values).toEqual([51]);
  });

  it.each([
    ['is missing', null, 'FILE_NOT_FOUND'],
    ['is empty', '', 'RESULT_INVALID'],
    ['is cut short', '{"schemaVersion":1,"runs":[', 'RESULT_INVALID'],
    ['is of a newer schema', '{"schemaVersion":99}', 'SCHEMA_TOO_NEW'],
    ['is something else', '{"schemaVersion":1,"targetId":"server"}', 'RESULT_INVALID'],
    ['reaches for a prototype', '{"schemaVersion":1,"__proto__":{"polluted":true}}', 'RESULT_INVALID'],
  ])('B24 fail closed by name where one %s', async (_, text, code) => {
    const folder = scratchFolder();
    const file = path.join(folder, 'server.json');
    if (text !== null) writeFileSync(file, text);
    await expect(readBaseline(file)).rejects.toMatchObject({ code });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('are all found below the results; a folder without any is no error', async () => {
    const results = scratchFolder();
    expect(await readBaselines(results)).toEqual([]);
    await initBaseline(baselineFile(results, 'b'), 'b', run(1));
    await initBaseline(baselineFile(results, 'a'), 'a', run(1));
    expect((await readBaselines(results)).map(({ targetId }) => targetId)).toEqual(['a', 'b']);
  });
});

describe('gate runs on disk', () => {
  it('are whole after every save, and found by id, folder or file', async () => {
    const results = scratchFolder();
    const folder = await createGateFolder(results, 'gate-fictional');
    const record = gateRecord();
    await folder.save(record);
    const file = path.join(folder.folder, 'gate.json');
    for (const name of ['gate-fictional', folder.folder, file])
      expect(await readGate(results, name)).toEqual(record);
  });

  it.each([
    ['newer', '{"schemaVersion":99}', 'SCHEMA_TOO_NEW'],
    ['damaged', '{"schemaVersion":1', 'RESULT_INVALID'],
    ['foreign', '{"hello":1}', 'RESULT_INVALID'],
  ])('are refused by name where one is %s', async (_, text, code) => {
    const results = scratchFolder();
    mkdirSync(path.join(results, 'bad'));
    writeFileSync(path.join(results, 'bad', 'gate.json'), text);
    await expect(readGate(results, 'bad')).rejects.toMatchObject({ code });
    await expect(readGate(results, 'nothing')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
