import { formatMs, formatNumber } from '../base/units.ts';
import type { RunEvent, RunListener } from '../model/ports.ts';
import type { Session } from '../model/session.ts';
import type { CommandContext } from './context.ts';

/** Tells a person how a run goes, one line an event, on stderr. */
export function progressListener(
  context: CommandContext,
  session: Session,
): { listen: RunListener; close(): void } {
  const total = session.plan.trials.length;
  return {
    listen: (event) => {
      const line = lineOf(event, session, total);
      if (line !== null) context.err(`${line}\n`);
    },
    close: () => undefined,
  };
}

function lineOf(event: RunEvent, session: Session, total: number): string | null {
  switch (event.kind) {
    case 'started':
      return `session ${event.sessionId}: ${event.trials} trials, about ${formatMs(event.estimatedMs)}`;
    case 'skipped':
      return `skipped ${event.targetId}: ${event.why}`;
    case 'trial-ended': {
      const trial = session.plan.trials[event.index];
      const rate = event.throughputRps === null ? '' : ` ${formatNumber(event.throughputRps)} req/s`;
      const why = event.reasons.map(({ code }) => code).join(' ');
      const cell = `${trial?.targetId} ${trial?.scenarioId}`;
      return `[${event.index + 1}/${total}] ${cell}: ${event.verdict}${rate} ${why} (${formatMs(event.etaMs)} left)`.replace(
        '  ',
        ' ',
      );
    }
    case 'notice':
      return event.text;
    case 'trial-started':
    case 'phase':
    case 'load':
      return null;
  }
}
