import { createProcessLauncher } from '../../../harness/targets/process/launcher.ts';
import { fixtureSpec, launchOptions } from './fixtures.ts';

// A harness that starts the fixture FIXTURE, says its pid, and waits to be killed.
const outcome = await createProcessLauncher().launch(fixtureSpec(process.argv[2] ?? 'good'), launchOptions());
if (outcome.kind === 'failed' || outcome.target.scope.kind !== 'process-group')
  throw new Error('does not start');
process.stdout.write(`${outcome.target.scope.leaderPid} ${outcome.target.nonce}\n`);
setInterval(() => undefined, 1_000);
