import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../harness/base/errors.ts';
import { parseYaml } from '../../harness/base/yaml.ts';
import { idSchema, type Scenario, scenarioSchema } from '../../harness/model/scenario.ts';
import { repository } from '../support/source-tree.ts';

const complete = `
id: small
title: Small
request:
  path: /small
expect:
  bodyBytes: 10
warmup: 1s
warmupMax: 2s
measure: 3s
drain: 500ms
requestTimeout: 1s
`;

function parse(text: string): Scenario {
  return parseYaml(scenarioSchema, text, 'small.yaml');
}

function problem(from: string | RegExp, to: string): string {
  const text = complete.replace(from, to);
  expect(text).not.toBe(complete);
  try {
    parse(text);
  } catch (error) {
    if (error instanceof HarnessError) return error.message;
  }
  return 'accepted';
}

describe('a scenario file', () => {
  it('has its durations in ms and its defaults filled in', () => {
    expect(parse(complete)).toMatchObject({
      request: { method: 'GET', path: '/small', headers: {}, body: null },
      expect: { status: 200, bodyBytes: 10, bodySha256: null },
      loop: { kind: 'closed' },
      connections: 64,
      warmup: 1_000,
      measure: 3_000,
      drain: 500,
    });
  });

  it.each(['0s', '-1s', '10', 'NaNs', 'Infinitys', '1e9h', '99h'])(
    'B13: with measure %s is refused at its line',
    (duration) => {
      expect(problem('measure: 3s', `measure: ${duration}`)).toMatch(/^small\.yaml:\d+:\d+: measure: /);
    },
  );

  it.each(['0', '-1', '1.5', '1e9'])('B14: with %s connections is refused', (connections) => {
    expect(problem('warmup: 1s', `connections: ${connections}\nwarmup: 1s`)).toMatch(/connections: /);
  });

  it.each(['0', '-5', '.inf', '.nan', '1e12'])('B15: with rate %s is refused', (rate) => {
    expect(problem('warmup: 1s', `loop: { kind: open, rateRps: ${rate} }\nwarmup: 1s`)).toMatch(/loop/);
  });

  it('B32: that is open-loop without a rate is refused', () => {
    expect(problem('warmup: 1s', 'loop: { kind: open }\nwarmup: 1s')).toMatch(/loop\.rateRps/);
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection'])(
    'B21: that overrides %s is refused',
    (header) => {
      expect(problem('  path: /small', `  path: /small\n  headers: { ${header}: x }`)).toMatch(
        /set by the driver/,
      );
    },
  );

  it.each(['"a\\r\\nX: y"', '"a\\0b"', '"a\\nb"'])('B21: with the header value %s is refused', (value) => {
    expect(problem('  path: /small', `  path: /small\n  headers: { x-a: ${value} }`)).toMatch(
      /printable ASCII/,
    );
  });

  it.each(['small', '"/a b"', 'http://example.org/', '"/a\\r\\nb"'])(
    'with the path %s is refused',
    (path_) => {
      expect(problem('path: /small', `path: ${path_}`)).toMatch(/request\.path/);
    },
  );

  it('B07: with an unknown key is refused by name', () => {
    expect(problem('warmup: 1s', 'conections: 5\nwarmup: 1s')).toContain('"conections"');
  });
});

describe('an id', () => {
  it.each(['a', '1kb', 'go-std', 'v1.2_x', 'x'.repeat(63)])('may be %s', (id) => {
    expect(idSchema.safeParse(id).success).toBe(true);
  });

  it.each([
    '../x',
    'a/b',
    '.',
    '..',
    'CON',
    'con',
    'nul.txt',
    'a\0b',
    'a\nb',
    'x'.repeat(300),
    '-rf',
    '',
    'Ä',
    'a b',
    '$(x)',
  ])('B18 S9: must not be %j', (id) => {
    expect(idSchema.safeParse(id).success).toBe(false);
  });
});

describe('the scenarios that ship', () => {
  it.each([
    ['1kb', 1_024],
    ['1mb', 1_048_576],
  ])('%s expects exactly the bytes of the server contract', (id, size) => {
    const text = readFileSync(path.join(repository, 'scenarios', `${id}.yaml`), 'utf8');
    const { expect: expected } = parseYaml(scenarioSchema, text, `${id}.yaml`);
    const body = Uint8Array.from({ length: size }, (_, i) => (i * 31 + 7) % 256);
    expect(expected.bodyBytes).toBe(size);
    expect(expected.bodySha256).toBe(createHash('sha256').update(body).digest('hex'));
  });
});
