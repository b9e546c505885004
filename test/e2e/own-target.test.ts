import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpdyno, scratchFolder } from '../support/cli.ts';

const SERVER =
  "require('node:http').createServer((request, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');\n";

describe('a server of one’s own', () => {
  it('that knows nothing of httpdyno is measured by what init writes, next to a server.js', async () => {
    const project = scratchFolder();
    writeFileSync(path.join(project, 'server.js'), SERVER);
    const init = await httpdyno(['init'], { cwd: project });
    expect(init.code, init.stderr).toBe(0);
    const short = ['--rounds', '1', '--duration', '300ms', '--warmup', '200ms', '--driver', 'dyno', '--json'];
    const { code, stdout, stderr } = await httpdyno(['run', '--target', 'app', ...short], { cwd: project });
    expect([0, 3], stderr).toContain(code);
    expect(JSON.parse(stdout)).toMatchObject({ cells: [{ targetId: 'app', scenarioId: 'home' }] });
  });

  it('is never overwritten by init', async () => {
    const project = scratchFolder();
    writeFileSync(path.join(project, 'httpdyno.config.yaml'), 'targets: []\n');
    expect((await httpdyno(['init'], { cwd: project })).code).toBe(2);
  });

  it('B07: with a mistake in its file is refused at the line, and nothing starts', async () => {
    const project = scratchFolder();
    writeFileSync(
      path.join(project, 'httpdyno.config.yaml'),
      'targets:\n  - id: app\n    comand: node server.js\n',
    );
    const { code, stderr } = await httpdyno(['run'], { cwd: project });
    expect(code).toBe(2);
    expect(stderr).toMatch(/httpdyno\.config\.yaml:2:5: .*"comand"/);
  });
});
