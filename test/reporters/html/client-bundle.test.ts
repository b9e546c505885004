import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../harness/base/subprocess.ts';
import { CLIENT_SCRIPT } from '../../../harness/reporters/html/client-bundle.ts';

const folder = fileURLToPath(new URL('../../../harness/reporters/html/', import.meta.url));

async function bundled(): Promise<string> {
  const result = await build({
    entryPoints: [`${folder}client/main.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
  });
  return result.outputFiles[0]?.text.trim() ?? '';
}

describe('the script of the HTML report', () => {
  // Renew it with `npx vitest run test/reporters/html/client-bundle.test.ts -u`.
  it('in the repository is what its source makes', async () => {
    const asset = `// Made from client/*.ts by test/reporters/html/client-bundle.test.ts: change those, then run that with -u.\n// biome-ignore format: made, not written\nexport const CLIENT_SCRIPT =\n  ${JSON.stringify(await bundled())};\n`;
    await expect(asset).toMatchFileSnapshot(`${folder}client-bundle.ts`);
  });

  it('type-checks against the browser', async () => {
    const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));
    const check = await runCommand({ file: tsc, args: ['-p', `${folder}client`] }, { timeoutMs: 60_000 });
    expect({ exitCode: check.exitCode, stdout: check.stdout }).toEqual({ exitCode: 0, stdout: '' });
  });

  it('is small, and cannot end the element that it stands in', () => {
    expect(CLIENT_SCRIPT.length).toBeLessThan(30_000);
    expect(CLIENT_SCRIPT).not.toMatch(/<\/script|<!--/i);
  });

  it('makes no request, no markup from text and no code from text', () => {
    expect(CLIENT_SCRIPT).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|import\(/);
    expect(CLIENT_SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
    );
  });
});
