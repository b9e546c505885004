/**
 * Why a trial is not simply valid, as a closed list. `effect` decides the verdict; the sentence is what a person reads.
 * - `fails`: the target did not do its job: it stays out of every ranking, and a run ends with exit code 3.
 * - `invalidates`: the measurement cannot be defended: the same consequences.
 * - `limits`: the machine or the driver, not the target, set the figure: out of every ranking, but no fault of the run.
 * - `aborts`: the trial was stopped from outside.
 * - `warns`: the figure stands, weakened as the sentence says.
 */
export const REASONS = {
  READY_TIMEOUT: { effect: 'fails', sentence: 'the target did not answer its readiness request in time' },
  TARGET_EXITED: { effect: 'fails', sentence: 'the target ended before it was ready' },
  TARGET_UNAVAILABLE: { effect: 'fails', sentence: 'the target could not be started on this machine' },
  VERIFY_FAILED: {
    effect: 'fails',
    sentence: 'the target does not keep the server contract; no load was sent',
  },
  IDENTITY_MISMATCH: { effect: 'fails', sentence: 'another process answers on the port; no load was sent' },
  PORT_IN_USE: { effect: 'fails', sentence: 'the port belongs to another process; no request was sent' },
  TARGET_DIED: { effect: 'fails', sentence: 'the target died under load' },
  OOM_KILLED: {
    effect: 'fails',
    sentence: 'the kernel killed the target, or a child of it, for lack of memory',
  },
  DOCKER_UNAVAILABLE: { effect: 'fails', sentence: 'no container engine answers' },
  IMAGE_UNAVAILABLE: { effect: 'fails', sentence: 'the image could neither be pulled nor built' },
  TARGET_ERRORS: { effect: 'fails', sentence: 'responses were wrong, cut off or missing' },
  BODY_MISMATCH: { effect: 'fails', sentence: 'bodies under load differ from the expected bytes' },
  PROTO_UNSOLICITED: { effect: 'fails', sentence: 'the target sent bytes that no request asked for' },
  NO_SAMPLES: { effect: 'invalidates', sentence: 'no request completed within the measured window' },
  INCONSISTENT: { effect: 'invalidates', sentence: 'the figures contradict each other' },
  COUNTS_UNBALANCED: { effect: 'invalidates', sentence: 'requests sent and outcomes counted differ' },
  DRIVER_CRASHED: { effect: 'invalidates', sentence: 'a worker of the load driver died' },
  DRIVER_LAG: {
    effect: 'invalidates',
    sentence: 'the driver sent requests too late after their intended start',
  },
  DRIVER_LIMIT: {
    effect: 'invalidates',
    sentence: 'the driver ran out of ports, file descriptors or memory',
  },
  RATE_MISSED: { effect: 'invalidates', sentence: 'the offered rate was not reached' },
  NOISY_ENV: { effect: 'invalidates', sentence: 'other work kept the CPUs busy during the measurement' },
  PROXY_IN_PATH: { effect: 'invalidates', sentence: 'a port proxy stands between driver and target' },
  DRIVER_SATURATED: {
    effect: 'limits',
    sentence: 'the load driver, not the target, set the figure: a lower bound',
  },
  RANKING_AT_CEILING: {
    effect: 'limits',
    sentence: 'several targets stand together at the ceiling of the driver',
  },
  INTERRUPTED: { effect: 'aborts', sentence: 'the trial was interrupted' },
  NOT_STEADY: {
    effect: 'warns',
    sentence: 'the target had not settled when the measurement began, or drifted',
  },
  TARGET_SATURATED: { effect: 'warns', sentence: 'the target used all the CPU that it was given' },
  NEAR_DRIVER_CEILING: {
    effect: 'limits',
    sentence: 'throughput is above 80 % of the ceiling of the driver: a lower bound',
  },
  ENV_BUSY: { effect: 'warns', sentence: 'other work took CPU time during the measurement' },
  STEAL: { effect: 'warns', sentence: 'the hypervisor took CPU time during the measurement' },
  SHARED_CPUS: { effect: 'warns', sentence: 'target and driver share CPUs' },
  CLOCK_STEP: {
    effect: 'warns',
    sentence: 'the wall clock was stepped; durations use the monotonic clock and stand',
  },
  RESPONSE_CACHED: { effect: 'warns', sentence: 'a fixed path is answered faster than varied ones' },
  RESOURCES_PARTIAL: { effect: 'warns', sentence: 'some CPU or memory figures could not be read' },
  TAIL_NOT_REPRESENTATIVE: {
    effect: 'warns',
    sentence: 'a stall in a closed loop delays its own samples: the tail is too low',
  },
  UNCOUNTED_OUTCOMES: { effect: 'warns', sentence: 'this driver cannot tell some failures apart or at all' },
  STOPPED_BY_KILL: { effect: 'warns', sentence: 'the target ignored SIGTERM and was killed' },
} as const satisfies Record<string, { effect: ReasonEffect; sentence: string }>;

export type ReasonEffect = 'fails' | 'invalidates' | 'limits' | 'aborts' | 'warns';
export type ReasonCode = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS).filter((code): code is ReasonCode =>
  Object.hasOwn(REASONS, code),
);

/** A reason as it stands in a record: the code, and what was seen (figures, limits, log lines). */
export interface Reason {
  code: ReasonCode;
  detail: string;
}

export type Verdict = 'valid' | 'invalid' | 'failed' | 'aborted';

/** The verdict that a list of reasons amounts to; the gravest effect wins. */
export function verdictOf(reasons: readonly Reason[]): Verdict {
  const effects = new Set<ReasonEffect>(reasons.map((reason) => REASONS[reason.code].effect));
  if (effects.has('aborts')) return 'aborted';
  if (effects.has('fails')) return 'failed';
  if (effects.has('invalidates') || effects.has('limits')) return 'invalid';
  return 'valid';
}

/** True where nothing but other work on the machine spoiled the measurement: independent of what the target did. */
export function isOnlyDisturbed(reasons: readonly Reason[]): boolean {
  const grave = reasons.filter((reason) => REASONS[reason.code].effect !== 'warns');
  return grave.length > 0 && grave.every((reason) => reason.code === 'NOISY_ENV');
}

/** True where the only thing wrong is that the machine or the driver set the figure. */
export function isOnlyLimited(reasons: readonly Reason[]): boolean {
  const grave = reasons.map((reason) => REASONS[reason.code].effect).filter((effect) => effect !== 'warns');
  return grave.length > 0 && grave.every((effect) => effect === 'limits');
}
