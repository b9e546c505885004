import { runCommand } from '../../base/subprocess.ts';

/** What a tool said when asked for its version. */
export type ToolAnswer =
  | { kind: 'version'; version: string }
  | { kind: 'missing' }
  /** It is there but gave no version: no daemon, no default toolchain, too slow. */
  | { kind: 'silent'; why: string };

export type ToolAnswers = ReadonlyMap<string, ToolAnswer>;

interface Tool {
  id: string;
  /** Names of the executable, the first that is found is asked. */
  files: readonly string[];
  /** Null where it is enough that the file is there: browsers take a second to say who they are. */
  args: readonly string[] | null;
  version: RegExp;
}

const TOOLS: readonly Tool[] = [
  {
    id: 'docker',
    files: ['docker'],
    args: ['version', '--format', '{{.Server.Version}}'],
    version: /^(\S+)$/m,
  },
  { id: 'cargo', files: ['cargo'], args: ['--version'], version: /^cargo (\S+)/m },
  { id: 'go', files: ['go'], args: ['version'], version: /^go version go(\S+)/m },
  { id: 'wrk', files: ['wrk'], args: ['-v'], version: /^wrk (?:debian\/)?(\S+)/m },
  {
    id: 'browser',
    files: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'firefox'],
    args: null,
    version: /$/,
  },
];

export interface ToolSearch {
  /** Where an executable stands, or null. */
  find: (name: string) => string | null;
  timeoutMs: number;
}

/** Asks every tool at once; a tool that hangs is given up on after the timeout. */
export async function askTools({ find, timeoutMs }: ToolSearch): Promise<ToolAnswers> {
  return new Map(
    await Promise.all(TOOLS.map(async (tool) => [tool.id, await ask(tool, find, timeoutMs)] as const)),
  );
}

/** The version of the Docker daemon, or null where none answers. */
export async function dockerVersion(timeoutMs: number): Promise<string | null> {
  const docker = TOOLS.find(({ id }) => id === 'docker');
  const answer = docker === undefined ? null : await ask(docker, (name) => name, timeoutMs);
  return answer?.kind === 'version' ? answer.version : null;
}

async function ask(tool: Tool, find: ToolSearch['find'], timeoutMs: number): Promise<ToolAnswer> {
  const file = tool.files.map((name) => find(name)).find((found) => found !== null);
  if (file === undefined || file === null) return { kind: 'missing' };
  if (tool.args === null) return { kind: 'version', version: file };
  const { stdout, stderr, spawnError, timedOut } = await runCommand({ file, args: tool.args }, { timeoutMs });
  if (timedOut) return { kind: 'silent', why: `no answer in ${timeoutMs}ms` };
  if (spawnError !== null) return { kind: 'missing' };
  // Not the exit code: wrk prints its version and exits 1.
  const version = tool.version.exec(stdout)?.[1];
  if (version !== undefined) return { kind: 'version', version };
  return { kind: 'silent', why: (stderr || stdout).split('\n')[0]?.slice(0, 100) || 'no answer' };
}
