import type { Clock } from '../../base/clock.ts';
import type { ConformanceCheck, LaunchOutcome, Readiness, RunningTarget } from '../../model/ports.ts';
import type { Reason } from '../../model/reason.ts';
import type { Scenario } from '../../model/scenario.ts';
import { type Check, runChecks } from './check.ts';
import {
  connectionClose,
  keepAlive,
  manyConnections,
  pipelining,
  splitRequest,
} from './connection-checks.ts';
import { exactFraming, exactResponse, head, identity, notFound } from './content-checks.ts';
import { termination } from './termination-check.ts';

/** The whole contract, in the order in which a failure explains the next. The last check ends the target. */
export function contractChecks(scenarios: readonly Scenario[], clock: Clock): Check[] {
  const smallest = scenarios.toSorted((a, b) => (a.expect.bodyBytes ?? 0) - (b.expect.bodyBytes ?? 0))[0];
  const onSmallest =
    smallest === undefined
      ? []
      : [keepAlive, connectionClose, splitRequest, pipelining, manyConnections].map((check) =>
          check(smallest),
        );
  return [
    identity,
    ...scenarios.flatMap((scenario) => [exactResponse(scenario), exactFraming(scenario), head(scenario)]),
    notFound,
    ...onSmallest,
    termination(clock),
  ];
}

/** The few checks that precede a trial. */
export function trialChecks(scenario: Scenario): Check[] {
  return [identity, exactResponse(scenario)];
}

export interface VerifySteps {
  launch: () => Promise<LaunchOutcome>;
  waitUntilReady: (target: RunningTarget) => Promise<Readiness>;
  clock: Clock;
  signal: AbortSignal;
}

/** Starts a target, runs the whole contract against it, and leaves nothing of it behind. */
export async function verifyTarget(
  steps: VerifySteps,
  scenarios: readonly Scenario[],
): Promise<ConformanceCheck[]> {
  const launched = await steps.launch();
  if (launched.kind === 'failed') return [startCheck(launched.reason)];
  const { target } = launched;
  try {
    const ready = await steps.waitUntilReady(target);
    if (ready.kind === 'failed') return [startCheck(ready.reason)];
    return await runChecks(contractChecks(scenarios, steps.clock), target, steps.clock, steps.signal);
  } finally {
    await target.stop();
  }
}

function startCheck(reason: Reason): ConformanceCheck {
  const detail = `${reason.code}: ${reason.detail}`;
  return { id: 'start', title: 'starts and becomes ready', result: { kind: 'fail', detail }, durationMs: 0 };
}
