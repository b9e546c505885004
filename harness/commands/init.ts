import path from 'node:path';
import { EXIT, HarnessError } from '../base/errors.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import type { Register } from './program.ts';
import { CONFIG_FILE, CONFIG_MODULE, findConfigFile } from './project-config-file.ts';

export const register: Register = (program, context, outcome) => {
  program
    .command('init')
    .description(`write a commented ${CONFIG_FILE} for your own servers`)
    .option('--ts', `write ${CONFIG_MODULE} instead, which an editor checks as you type`)
    .action(async ({ ts }: { ts?: true }) => {
      const there = findConfigFile(context.cwd);
      if (there !== null) {
        throw new HarnessError('USAGE', `${there} is there already and was left as it is`, {
          fix: `edit it, or move it away and run \`httpdyno init\` again`,
        });
      }
      const [name, text] = ts === true ? [CONFIG_MODULE, MODULE_TEMPLATE] : [CONFIG_FILE, CONFIG_TEMPLATE];
      await writeAtomically(path.join(context.cwd, name), text);
      context.out(
        `written: ${name}\nnext: name your server in it, then \`httpdyno gate --base main --head HEAD\`\n`,
      );
      outcome.code = EXIT.ok;
    });
};

/** What `init` writes; it parses as it stands. */
export const CONFIG_TEMPLATE = `# yaml-language-server: $schema=node_modules/httpdyno/docs/schema/project-config.schema.json
# Your own servers, and the work that httpdyno asks of them. They need to know nothing about httpdyno.

targets:
  - id: app
    # Words, never a shell. The server listens on HOST and PORT of its environment; where it reads its address
    # elsewhere, write {port} and {host} into the command or a variable: node server.js --port={port}
    command: node server.js
    # image: registry.example/app:1.2   # instead of a command: an image that reads HOST and PORT
    # folder: .                         # where it starts, relative to this file
    # portVariable: APP_PORT            # another name for PORT
    env:
      NODE_ENV: production
    readyPath: / # asked until it answers below 500
    # How \`gate --base main --head HEAD\` makes it run in a fresh checkout of each commit:
    # build:
    #   command: npm ci --omit=dev
    #   inputs: [package-lock.json]
    #   artifacts: [node_modules]

scenarios:
  - id: home
    path: /
    # method: GET
    # headers: { accept: application/json }
    # body: '{"name":"Ada"}'
    expect:
      status: 200
      # bodyBytes: 1024                 # every response must be this long
    connections: 64

# Slowdowns that you accept for a while; the gate passes them until their last day.
# waivers:
#   - { targetId: app, scenarioId: home, metric: cpuUsPerRequest, maxSlowdown: 0.1, expires: 2027-01-31, reason: new parser }
`;

/** What `init --ts` writes: the same, for those who would rather have it checked as they type. */
export const MODULE_TEMPLATE = `import { defineConfig } from 'httpdyno';

// Your own servers, and the work that httpdyno asks of them. They need to know nothing about httpdyno.
export default defineConfig({
  targets: [
    {
      id: 'app',
      // Words, never a shell. The server listens on HOST and PORT of its environment; where it reads its address
      // elsewhere, write {port} and {host} into the command or a variable: node server.js --port={port}
      command: 'node server.js',
      // image: 'registry.example/app:1.2', // instead of a command: an image that reads HOST and PORT
      // folder: '.', // where it starts, relative to this file
      // portVariable: 'APP_PORT', // another name for PORT
      env: { NODE_ENV: 'production' },
      readyPath: '/', // asked until it answers below 500
      // How \`gate --base main --head HEAD\` makes it run in a fresh checkout of each commit:
      // build: { command: 'npm ci --omit=dev', inputs: ['package-lock.json'], artifacts: ['node_modules'] },
    },
  ],
  scenarios: [
    {
      id: 'home',
      path: '/',
      // method: 'GET',
      // headers: { accept: 'application/json' },
      // body: '{"name":"Ada"}',
      expect: { status: 200 }, // bodyBytes: 1_024 where every response must be this long
      connections: 64,
    },
  ],
  // Slowdowns that you accept for a while; the gate passes them until their last day.
  // waivers: [
  //   { targetId: 'app', scenarioId: 'home', metric: 'cpuUsPerRequest', maxSlowdown: 0.1, expires: '2027-01-31', reason: 'new parser' },
  // ],
});
`;
