import { chmodSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findTool, missingTool, toolPath } from '../../harness/targets/toolchains.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder({ 'good/tool': '#!/bin/sh\n', 'bad/tool': 'not executable' });
chmodSync(path.join(folder.path, 'good/tool'), 0o755);

afterAll(folder.remove);

describe('a missing toolchain', () => {
  it.each([
    ['cargo', 'https://rustup.rs', 'curl'],
    ['go', 'https://go.dev', 'go'],
    ['npm', 'https://nodejs.org', 'npm'],
  ])('is told as what a target needs, with the page and the one command: %s', (tool, page, command) => {
    const told = missingTool([tool], () => null);
    expect(told).toMatch(new RegExp(`^needs ${tool} \\(`));
    expect(told).toContain(page);
    expect(told).toContain(command);
  });

  it('that nobody knows is told by its name', () => {
    expect(missingTool(['zig'], () => null)).toBe('needs zig');
  });

  it('is the first of several', () => {
    expect(missingTool(['here', 'zig'], (name) => (name === 'here' ? '/bin/here' : null))).toBe('needs zig');
  });

  it('is never node: it runs this very program', () => {
    expect(missingTool(['node'], () => null)).toBeNull();
  });
});

describe('a toolchain', () => {
  it('is found where it is executable', () => {
    const places = [path.join(folder.path, 'bad'), path.join(folder.path, 'good')];
    expect(findTool('tool', places)).toBe(path.join(folder.path, 'good/tool'));
  });

  it('is not found elsewhere', () => {
    expect(findTool('tool', [path.join(folder.path, 'bad'), '/no/such/folder'])).toBeNull();
  });

  it('is also looked for where installers put it though no PATH names it', () => {
    expect(toolPath()).toContain('.cargo/bin');
    expect(toolPath()).toContain('/usr/local/go/bin');
    expect(toolPath().split(path.delimiter)).not.toContain('');
  });
});
