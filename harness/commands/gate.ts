import path from 'node:path';
import { baselineGate } from './gate-baseline.ts';
import { addGateOptions, type GateOptions } from './gate-options.ts';
import { pairedGate } from './gate-paired.ts';
import { resumeGate } from './gate-resume.ts';
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
    if (options.resume !== undefined) {
      const results = path.resolve(context.cwd, options.results);
      outcome.code = await resumeGate(context, results, options.resume, chosenAnew(options));
    } else if (options.selftest === true) outcome.code = await selftest(context, options);
    else if (options.base === undefined) outcome.code = await baselineGate(context, options);
    else outcome.code = await pairedGate(context, options);
  });
};

function chosenAnew({ json, output }: GateOptions): Pick<GateOptions, 'json' | 'output'> {
  return { ...(json === undefined ? {} : { json }), ...(output === undefined ? {} : { output }) };
}
