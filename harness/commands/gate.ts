import { HarnessError } from '../base/errors.ts';
import type { CommandContext } from './context.ts';
import { baselineGate } from './gate-baseline.ts';
import { type GateEnd, measureGate } from './gate-measure.ts';
import { addGateOptions, type GateOptions } from './gate-options.ts';
import { presentGate } from './gate-present.ts';
import { selftest } from './gate-selftest.ts';
import type { Register } from './program.ts';

export const register: Register = (program, context, outcome) => {
  const command = program
    .command('gate')
    .description(
      'does head do worse than base? A verdict with an exit code: 0 no, 1 yes, 3 cannot be judged',
    );
  addGateOptions(command);
  command.action(async (options: GateOptions) => {
    if (options.selftest === true) outcome.code = await selftest(context, options);
    else if (options.base === undefined) outcome.code = await baselineGate(context, options);
    else outcome.code = (await pairedGate(context, options)).code;
  });
};

async function pairedGate(context: CommandContext, options: GateOptions): Promise<GateEnd> {
  const { base, head } = options;
  if (base === undefined || head === undefined) {
    throw new HarnessError('USAGE', 'a gate needs two arms', {
      fix: 'httpdyno gate --base "node old/server.js" --head "node server.js"',
    });
  }
  const end = await measureGate(context, options, { base, head, mode: 'paired' });
  await presentGate(context, options, end);
  return end;
}
