import { HarnessError, type ExitCode } from '../base/errors.ts';
import type { CommandContext } from './context.ts';
import type { GateOptions } from './gate-options.ts';

export async function baselineGate(_context: CommandContext, _options: GateOptions): Promise<ExitCode> {
  throw new HarnessError('USAGE', 'a gate needs --base', { fix: '--base' });
}
