import { type Check, defineCheck } from '../check.ts';
import type { ToolAnswer } from '../tools.ts';

interface ToolCheck {
  id: string;
  title: string;
  why: string;
  /** What helps where it is missing; null where nothing depends on it. */
  install: string | null;
  /** What helps where it is there and does not answer. */
  repair: string;
}

const TOOLS: readonly ToolCheck[] = [
  {
    id: 'docker',
    title: 'Docker',
    why: 'runs targets in containers',
    install: 'https://docs.docker.com/engine/install (or use --launcher process)',
    repair: 'sudo systemctl start docker (or use --launcher process)',
  },
  {
    id: 'cargo',
    title: 'Rust (cargo)',
    why: 'builds the targets in Rust',
    install: 'https://rustup.rs',
    repair: 'rustup default stable',
  },
  {
    id: 'go',
    title: 'Go',
    why: 'builds the targets in Go',
    install: 'https://go.dev/doc/install',
    repair: 'go env',
  },
  {
    id: 'wrk',
    title: 'wrk',
    why: 'a second driver to check the first by',
    install: 'sudo apt-get install wrk, or brew install wrk',
    repair: 'wrk -v',
  },
  {
    id: 'browser',
    title: 'browser',
    why: 'only tests of the report page need one',
    install: null,
    repair: '',
  },
];

const node = defineCheck({
  id: 'node',
  group: 'tools',
  title: 'Node.js',
  why: 'runs httpdyno and the targets in JavaScript',
  read: ({ host }) => host.node,
  judge: (version) => ({ value: version.replace(/^v/, '') }),
});

function toolCheck({ id, title, why, install, repair }: ToolCheck): Check {
  return defineCheck<ToolAnswer>({
    id,
    group: 'tools',
    title,
    why,
    read: ({ tools }) => tools.get(id) ?? null,
    judge: (answer) => {
      switch (answer.kind) {
        case 'version':
          return { value: answer.version };
        case 'silent':
          return { value: answer.why, fix: repair };
        case 'missing':
          return install === null ? { value: 'none found' } : { value: 'not found', fix: install };
      }
    },
    untold: 'not asked',
  });
}

export const TOOL_CHECKS: readonly Check[] = [node, ...TOOLS.map(toolCheck)];
