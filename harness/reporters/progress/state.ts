import type { LoadProgress, RunEvent } from '../../model/ports.ts';

type Phase = Extract<RunEvent, { kind: 'phase' }>['phase'];

/** The trial that is running. */
export interface CurrentTrial {
  index: number;
  targetId: string;
  scenarioId: string;
  round: number;
  phase: Phase;
  load: LoadProgress | null;
  /** Mean latency in µs of the last periods, oldest first; null where nothing completed. */
  latenciesUs: readonly (number | null)[];
}

/** What is known of a run from its events so far. */
export interface ProgressState {
  sessionId: string;
  trials: number;
  ended: number;
  /** Trials that ended otherwise than valid, oldest first. */
  notValid: readonly string[];
  notices: readonly string[];
  current: CurrentTrial | null;
  /** Estimated rest, as it stood at a time of the caller's monotonic clock. */
  rest: { ms: number; atMs: number };
}

/** Periods that the sparkline of latency shows. */
const LATENCIES_KEPT = 40;

export const initialProgress: ProgressState = {
  sessionId: '',
  trials: 0,
  ended: 0,
  notValid: [],
  notices: [],
  current: null,
  rest: { ms: 0, atMs: 0 },
};

/** The state after an event; `nowMs` is monotonic and dates the estimate of what is left. */
export function advanceProgress(state: ProgressState, event: RunEvent, nowMs: number): ProgressState {
  switch (event.kind) {
    case 'started': {
      const { sessionId, trials, estimatedMs } = event;
      return { ...state, sessionId, trials, rest: { ms: estimatedMs, atMs: nowMs } };
    }
    case 'skipped':
      return { ...state, notices: [...state.notices, `${event.targetId} skipped: ${event.why}`] };
    case 'notice':
      return { ...state, notices: [...state.notices, event.text] };
    case 'trial-started': {
      const { index, targetId, scenarioId, round } = event;
      const current = {
        index,
        targetId,
        scenarioId,
        round,
        phase: 'start' as const,
        load: null,
        latenciesUs: [],
      };
      return { ...state, current };
    }
    case 'phase':
      return withCurrent(state, event.index, (current) => ({ ...current, phase: event.phase }));
    case 'load':
      return withCurrent(state, event.index, (current) => withLoad(current, event.progress));
    case 'trial-ended':
      break;
  }
  return afterTrial(state, event, nowMs);
}

function withCurrent(
  state: ProgressState,
  index: number,
  change: (current: CurrentTrial) => CurrentTrial,
): ProgressState {
  if (state.current?.index !== index) return state;
  return { ...state, current: change(state.current) };
}

function withLoad(current: CurrentTrial, load: LoadProgress): CurrentTrial {
  const latenciesUs = [...current.latenciesUs, load.latencyMeanUs].slice(-LATENCIES_KEPT);
  return { ...current, load, latenciesUs };
}

function afterTrial(
  state: ProgressState,
  event: Extract<RunEvent, { kind: 'trial-ended' }>,
  nowMs: number,
): ProgressState {
  const codes = event.reasons.map(({ code }) => code).join(', ');
  const name = trialName(state, event.index);
  const notValid =
    event.verdict === 'valid' ? state.notValid : [...state.notValid, `${name} ${event.verdict}: ${codes}`];
  return { ...state, ended: state.ended + 1, notValid, rest: { ms: event.etaMs, atMs: nowMs } };
}

/** `tokio x 1kb` of the running trial, or its number where the event came without a start. */
export function trialName(state: ProgressState, index: number): string {
  const { current } = state;
  return current?.index === index ? `${current.targetId} x ${current.scenarioId}` : `trial ${index}`;
}
