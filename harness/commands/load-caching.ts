import { describeCaching, judgeCaching } from '../analysis/caching.ts';
import { HarnessError } from '../base/errors.ts';
import type { LoadRequest } from '../model/load.ts';
import type { LoadDriver } from '../model/ports.ts';
import type { Reason } from '../model/reason.ts';
import { auditCaching } from '../session/caching-audit.ts';
import type { CommandContext } from './context.ts';
import type { Destination } from './destination.ts';

/** @throws HarnessError USAGE where the audit cannot be made: its loads vary the path, and have no cap. */
export function refuseCachingAudit(driver: LoadDriver, destination: Destination): void {
  if (driver.id !== 'dyno') {
    throw new HarnessError('USAGE', `--caching-audit: the driver ${driver.id} does not vary paths`, {
      fix: '--driver dyno',
    });
  }
  if (destination.remote) {
    throw new HarnessError('USAGE', '--caching-audit loads servers of this machine only', {
      fix: 'no --i-own-this-target',
    });
  }
}

/** Compares one path with varied ones, says on stderr what was seen, and gives the note that a cache by path deserves. */
export async function noteCaching(
  context: CommandContext,
  driver: LoadDriver,
  request: LoadRequest,
): Promise<Reason[]> {
  const audit = await auditCaching(driver, request, context.interruption.signal);
  if (audit.kind === 'aborted') return [];
  const seen = audit.kind === 'untold' ? `nothing can be said: ${audit.why}` : describeCaching(audit.pairs);
  context.err(`caching audit: ${seen}\n`);
  return audit.kind === 'untold' ? [] : judgeCaching(audit.pairs);
}
