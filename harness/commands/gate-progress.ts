import { formatMs } from '../base/units.ts';
import type { GateRecord } from '../model/gate-record.ts';
import type { GateEvent } from '../session/gate/ports.ts';
import type { CommandContext } from './context.ts';

/** Tells a person on stderr how far the gate is, one line a launch. */
export function gateProgress(context: CommandContext, record: GateRecord): (event: GateEvent) => void {
  const { budgetMinutes, seed } = record.settings;
  const made = record.launches.length;
  const begin = made === 0 ? '' : `goes on after ${made} ${made === 1 ? 'launch' : 'launches'}, `;
  context.err(
    `gate ${record.id}: ${begin}${record.mode}, seed ${seed}, at most ${budgetMinutes} minutes of sampling\n`,
  );
  let current = '';
  return (event) => {
    if (event.kind === 'notice') context.err(`${event.text}\n`);
    else if (event.kind === 'launch-started') {
      const what = event.phase === 'look' ? 'launch' : 'confirmation';
      current = `${what} ${event.index + 1} of at most ${event.of}, ${event.pairId}`;
    } else {
      const open = event.problem ?? openText(event.open);
      context.err(`${current}: ${open} (${formatMs(event.elapsedMs)})\n`);
    }
  };
}

function openText(open: number): string {
  if (open === 0) return 'no scenario needs more';
  return open === 1 ? 'one scenario is still open' : `${open} scenarios are still open`;
}
