import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../harness/base/errors.ts';
import { parseJson, parseWith, z } from '../../harness/base/schema.ts';
import { parseYaml } from '../../harness/base/yaml.ts';

const schema = z.strictObject({
  name: z.string(),
  size: z.int().min(1),
  inner: z.strictObject({ deep: z.boolean() }).optional(),
});

function messageFrom(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof HarnessError) return `${error.code} ${error.exitCode}: ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('foreign data', () => {
  it('that fits is returned as it is', () => {
    expect(parseWith(schema, { name: 'a', size: 2 }, 'x.json')).toEqual({ name: 'a', size: 2 });
  });

  it('that does not is one line with file, path, problem and value, and exit code 2', () => {
    const message = messageFrom(() => parseWith(schema, { name: 'a', size: 0 }, 'x.json'));
    expect(message).toMatch(/^CONFIG_INVALID 2: x\.json: size: .*>=1.*\(got 0\)$/);
    expect(message).not.toContain('\n');
  });

  it('with several problems tells how many more there are', () => {
    expect(messageFrom(() => parseWith(schema, { size: 0 }, 'x.json'))).toMatch(/, and 1 more$/);
  });

  it('B07: with an unknown key is refused by the name of the key', () => {
    expect(messageFrom(() => parseWith(schema, { name: 'a', size: 1, sise: 2 }, 'x.json'))).toContain(
      '"sise"',
    );
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'B08 S10: with the key %s is refused and pollutes nothing',
    (key) => {
      const text = `{"name":"a","size":1,"inner":{"${key}":{"polluted":true}}}`;
      expect(messageFrom(() => parseJson(schema, text, 'x.json'))).toContain(`"${key}" is not allowed`);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  it('B11: nested deeper than 50 levels is refused', () => {
    const text = `${'['.repeat(60)}${']'.repeat(60)}`;
    expect(messageFrom(() => parseJson(z.unknown(), text, 'x.json'))).toContain('more than 50 levels');
  });

  it('B04: that is not JSON is placed by line and column', () => {
    expect(messageFrom(() => parseJson(schema, '{\n  "name": ?\n}', 'x.json'))).toMatch(
      /x\.json: not JSON \(line 2, column 11/,
    );
  });

  it('carries the code that the caller names', () => {
    const parse = (): unknown => parseWith(schema, null, 'x.json', { code: 'RESULT_INVALID' });
    expect(messageFrom(parse)).toMatch(/^RESULT_INVALID 2:/);
  });
});

describe('a YAML file', () => {
  const read = (text: string): string => messageFrom(() => parseYaml(schema, text, 's.yaml'));

  it('that fits is read', () => {
    expect(parseYaml(schema, 'name: a\nsize: 3 # three\n', 's.yaml')).toEqual({ name: 'a', size: 3 });
  });

  it('B05: is refused in one line, whatever line breaks the message of its parser quotes', () => {
    for (const text of ['{"c":"\\u\r\nd800"}', '"\\u\r"', "a: 'x\r\n"]) {
      const refused = (): unknown => parseYaml(z.unknown(), text, 'a.yaml');
      expect(refused).toThrow(HarnessError);
      expect(refused).toThrow(/^a\.yaml:\d+:\d+: [^\r\n]+$/);
    }
  });

  it('B05: with a tab is placed by line and column', () => {
    expect(read('name: a\n\tsize: 3\n')).toMatch(/^CONFIG_INVALID 2: s\.yaml:2:\d+: /);
  });

  it('B06: with a duplicate key is refused', () => {
    expect(read('name: a\nname: b\nsize: 1\n')).toMatch(/s\.yaml:2:1: Map keys must be unique/);
  });

  it('B07: with a wrong value is placed where the value stands', () => {
    expect(read('name: a\nsize: -4\n')).toMatch(/^CONFIG_INVALID 2: s\.yaml:2:7: size: .*\(got -4\)$/);
  });

  it('B02: that is empty is refused', () => {
    expect(read('# nothing\n')).toContain('s.yaml: is empty');
  });

  it('B09 S11: with an alias bomb is refused within 100 ms', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => pair.split(''))) {
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`);
    }
    const rss = process.memoryUsage.rss();
    const before = process.hrtime.bigint();
    expect(read(bomb.join('\n'))).toMatch(/alias/i);
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(100);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(20e6);
  });

  it('B10: larger than 1 MiB is refused unread', () => {
    expect(read(`name: ${'a'.repeat(1_048_577)}`)).toContain('larger than');
  });

  it('with two documents is refused', () => {
    expect(read('name: a\nsize: 1\n---\nname: b\n')).toContain('CONFIG_INVALID');
  });
});
