import type { ExitCode } from '../base/errors.ts';
import { HarnessError } from '../base/errors.ts';
import type { CommandContext } from './context.ts';
import { refuseContradiction } from './gate-baseline-rules.ts';
import { type GateRequest, measureGate } from './gate-measure.ts';
import type { GateOptions } from './gate-options.ts';
import { presentGate } from './gate-present.ts';

/** The gate of two arms that both run now. */
export async function pairedGate(
  context: CommandContext,
  options: GateOptions,
  begun?: GateRequest['begun'],
): Promise<ExitCode> {
  refuseContradiction(options);
  const { base, head } = options;
  if (base === undefined || head === undefined) {
    throw new HarnessError('USAGE', 'a gate needs two arms', {
      fix: 'httpdyno gate --base "node old/server.js" --head "node server.js"',
    });
  }
  const request: GateRequest = { base, head, mode: 'paired', ...(begun === undefined ? {} : { begun }) };
  const end = await measureGate(context, options, request);
  await presentGate(context, options, end);
  return end.code;
}
