import { styleText } from 'node:util';
import { formatMs, formatNumber, formatUs } from '../../base/units.ts';
import type { RunEvent } from '../../model/ports.ts';
import { plainText, shortText } from '../escape.ts';
import { type CurrentTrial, type ProgressState, trialName } from './state.ts';

const BAR_LENGTH = 20;
const SPARKS = '▁▂▃▄▅▆▇█';
/** How many notices and not-valid trials the block keeps in sight. */
const LINES_KEPT = 3;

/** One line for a log, or null for what is too frequent for one; `state` is the state after the event. */
export function progressLine(state: ProgressState, event: RunEvent): string | null {
  switch (event.kind) {
    case 'started':
      return plainText(`${event.sessionId}: ${event.trials} trials, about ${formatMs(event.estimatedMs)}`);
    case 'skipped':
      return plainText(`${event.targetId} skipped: ${event.why}`);
    case 'notice':
      return plainText(event.text);
    case 'trial-ended':
      return plainText(endedLine(state, event));
    case 'trial-started':
    case 'phase':
    case 'load':
      break;
  }
  return null;
}

function endedLine(state: ProgressState, event: Extract<RunEvent, { kind: 'trial-ended' }>): string {
  const round = state.current?.index === event.index ? ` round ${state.current.round + 1}` : '';
  const rate = event.throughputRps === null ? '' : `${formatNumber(event.throughputRps)} req/s, `;
  const reasons = event.reasons.map(({ code, detail }) => (detail === '' ? code : `${code} (${detail})`));
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  const rest = event.etaMs > 0 ? `, ${formatMs(event.etaMs)} left` : '';
  return `[${state.ended}/${state.trials}] ${trialName(state, event.index)}${round}: ${rate}${event.verdict}${why}${rest}`;
}

export interface BlockOptions {
  width: number;
  colour: boolean;
  /** Of the clock that dated the events. */
  nowMs: number;
}

/** The block that a terminal redraws: progress and what is left, the running trial, its latency, what went wrong. */
export function progressBlock(state: ProgressState, options: BlockOptions): string {
  const { width, colour } = options;
  const paint = (style: BlockStyle, text: string): string => {
    const line = shortText(text, width);
    return colour ? styleText(style, line, { validateStream: false }) : line;
  };
  const { current, notValid, notices } = state;
  return [
    paint('bold', overallLine(state, options.nowMs)),
    ...(current === null ? [] : trialLines(current).map((text) => shortText(text, width))),
    ...notValid.slice(-LINES_KEPT).map((text) => paint('red', text)),
    ...notices.slice(-LINES_KEPT).map((text) => paint('dim', text)),
  ].join('\n');
}

type BlockStyle = 'bold' | 'red' | 'dim';

function overallLine({ ended, trials, rest }: ProgressState, nowMs: number): string {
  const filled = trials === 0 ? 0 : Math.min(BAR_LENGTH, Math.floor((ended / trials) * BAR_LENGTH));
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_LENGTH - filled);
  const restMs = Math.max(0, rest.ms - Math.max(0, nowMs - rest.atMs));
  const left = ended >= trials ? 'done' : restText(restMs);
  return `${bar}  ${ended}/${trials} trials  ${left}`;
}

/** What is left by the estimate; one that has run out says no more than that it was too short. */
function restText(restMs: number): string {
  return restMs < 1_000 ? 'any moment now' : `about ${formatMs(Math.ceil(restMs / 1_000) * 1_000)} left`;
}

const PHASE_NAMES: Readonly<Record<CurrentTrial['phase'], string>> = {
  start: 'starting',
  ready: 'waiting until it is ready',
  verify: 'checking its answer',
  warmup: 'warm-up',
  measure: 'measuring',
  drain: 'last answers',
  stop: 'stopping',
};

function trialLines({ targetId, scenarioId, round, phase, load, latenciesUs }: CurrentTrial): string[] {
  // The driver knows best whether it warms up or measures; what it told last says nothing about later phases.
  const over = phase === 'drain' || phase === 'stop';
  const now = over ? phase : (load?.phase ?? phase);
  const live = now === 'warmup' || now === 'measure' ? load : null;
  const rate = live === null ? '' : `  ${formatNumber(live.throughputRps)} req/s`;
  const elapsed = live === null ? '' : `  ${Math.floor(live.elapsedMs / 1_000)}s`;
  const name = `${shortText(targetId, 24)} x ${shortText(scenarioId, 24)}`;
  const head = `${name}  round ${round + 1}  ${PHASE_NAMES[now]}${elapsed}${rate}`;
  const latest = latenciesUs.at(-1) ?? null;
  if (latest === null) return [head];
  return [head, `latency ${sparkline(latenciesUs)} ${formatUs(latest)}`];
}

/** One bar a value, from the smallest to the largest of them; a gap where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const range = Math.max(...known) - low;
  return values
    .map((value) => {
      if (value === null) return ' ';
      const level = range === 0 ? 0 : Math.round(((value - low) / range) * (SPARKS.length - 1));
      return SPARKS[level] ?? ' ';
    })
    .join('');
}
