import { US_PER_MS } from '../base/units.ts';
import type { RunEvent, RunListener } from '../model/ports.ts';
import { progressBlock, progressLine } from '../reporters/progress/render.ts';
import { advanceProgress, initialProgress } from '../reporters/progress/state.ts';
import type { CommandContext } from './context.ts';

export interface ProgressDisplay {
  listen: RunListener;
  close: () => void;
}

const REDRAW_PERIOD_MS = 100;

/** Shows a run on stderr: one block that is redrawn where somebody watches, else a line for each event worth one. */
export function progressDisplay(context: CommandContext): ProgressDisplay {
  let state = initialProgress;
  const nowMs = (): number => context.clock.monotonicUs() / US_PER_MS;
  const advance = (event: RunEvent): void => {
    state = advanceProgress(state, event, nowMs());
  };
  if (!context.terminal.interactive) {
    return {
      listen: (event) => {
        advance(event);
        const line = progressLine(state, event);
        if (line !== null) context.err(`${line}\n`);
      },
      close: () => undefined,
    };
  }
  let drawnLines = 0;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  const erase = (): void => {
    if (drawnLines > 0) context.err(`\u001b[${drawnLines}A\u001b[J`);
    drawnLines = 0;
  };
  return {
    listen: (event) => {
      advance(event);
      if (event.kind === 'load' && nowMs() - drawnAtMs < REDRAW_PERIOD_MS) return;
      drawnAtMs = nowMs();
      const { columns: width, colour } = context.terminal;
      const block = progressBlock(state, { width, colour, nowMs: drawnAtMs });
      erase();
      context.err(`${block}\n`);
      drawnLines = block.split('\n').length;
    },
    close: erase,
  };
}
