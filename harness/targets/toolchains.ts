import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where installers put toolchains without every shell's PATH knowing. */
function toolFolders(): string[] {
  return [
    ...(process.env['PATH'] ?? '').split(delimiter),
    join(homedir(), '.cargo/bin'),
    '/usr/local/go/bin',
  ];
}

/** The PATH that builds see. */
export function toolPath(): string {
  return [...new Set(toolFolders())].filter((folder) => folder !== '').join(delimiter);
}

/** Where an executable stands, or null. */
export function findTool(name: string, folders: readonly string[] = toolFolders()): string | null {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

/** The one command that installs a toolchain, with the page that explains it. */
const HOW_TO_GET: Readonly<Record<string, string>> = {
  cargo: "https://rustup.rs: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y",
  go:
    process.platform === 'darwin'
      ? 'https://go.dev/doc/install: brew install go'
      : 'https://go.dev/doc/install: curl -fsSL "https://go.dev/dl/$(curl -fsSL https://go.dev/VERSION?m=text | head -n 1).linux-$(uname -m | sed s/x86_64/amd64/ | sed s/aarch64/arm64/).tar.gz" | sudo tar -C /usr/local -xz',
  npm: 'https://nodejs.org/en/download: npm comes with Node.js',
};

/** `needs cargo (…)` for the first missing tool, or null where all are there. */
export function missingTool(
  needs: readonly string[],
  find: (name: string) => string | null = findTool,
): string | null {
  const name = needs.find((tool) => tool !== 'node' && find(tool) === null);
  if (name === undefined) return null;
  const how = HOW_TO_GET[name];
  return how === undefined ? `needs ${name}` : `needs ${name} (${how})`;
}
