import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import type { ConformanceCheck, LaunchOutcome, RunningTarget } from '../../../harness/model/ports.ts';
import { createProbe, verifyTarget } from '../../../harness/targets/index.ts';
import { livingMembers } from '../../../harness/targets/members.ts';
import { contractChecks } from '../../../harness/targets/verify/index.ts';
import { scenario } from '../../support/factories.ts';
import { fixtureSpec, launchOptions, never, payloadScenario, targetFleet } from '../support/fixtures.ts';

const fleet = targetFleet({ graceMs: 2_000 });
const probe = createProbe();
const started: RunningTarget[] = [];

afterEach(fleet.stopAll);

async function verify(name: string): Promise<ConformanceCheck[]> {
  const launch = async (): Promise<LaunchOutcome> => {
    const outcome = await fleet.launcher.launch(fixtureSpec(name), launchOptions());
    if (outcome.kind === 'running') started.push(outcome.target);
    return outcome;
  };
  const waitUntilReady = (target: RunningTarget) => probe.waitUntilReady(target, 5_000, never);
  return verifyTarget({ launch, waitUntilReady, clock: systemClock, signal: never }, [payloadScenario]);
}

function failures(checks: readonly ConformanceCheck[]): string[] {
  return checks.flatMap(({ id, result }) => (result.kind === 'fail' ? [`${id}: ${result.detail}`] : []));
}

describe('the verification of a target', () => {
  it('passes a real server in seconds, check by check, and leaves nothing behind', async () => {
    const startedAt = performance.now();
    const checks = await verify('good');
    expect(failures(checks)).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual([
      'identity',
      'response-1kb',
      'framing-1kb',
      'head-1kb',
      'not-found',
      'keep-alive',
      'connection-close',
      'split-request',
      'pipelining',
      'many-connections',
      'sigterm',
    ]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(started.flatMap((target) => livingMembers(target))).toEqual([]);
  });

  it('F04 fails a server with one wrong byte, and says which check', async () => {
    const found = failures(await verify('wrong-body'));
    expect(found[0]).toMatch(/^response-1kb: body has other bytes/);
    expect(found.some((line) => line.startsWith('identity'))).toBe(false);
  });

  it('F02 fails at the start of a server that ends at once', async () => {
    expect(failures(await verify('exits-with-3'))).toEqual([
      'start: TARGET_EXITED: code=3; last log line: cannot find my configuration',
    ]);
  });

  it('F36 fails a server that ignores SIGTERM', async () => {
    expect(failures(await verify('ignores-sigterm'))).toEqual([
      'sigterm: ignored SIGTERM for 2000 ms and was killed',
    ]);
  });

  it('F07 tells of a server that dies meanwhile, and does not hang', async () => {
    const target = await fleet.start(fixtureSpec('crashes-when-asked'));
    await probe.waitUntilReady(target, 5_000, never);
    const crash = scenario({
      id: 'crash',
      request: { method: 'GET', path: '/crash', headers: {}, body: null },
    });
    const checks = await probe.verifyScenario(target, crash, never);
    expect(failures(checks)[0]).toMatch(/^response-crash: connection closed/);
    expect((await target.exited).signal).toBe('SIGKILL');
  });
});

describe('the checks before a trial', () => {
  it('are the identity and the exact response of its scenario', async () => {
    const target = await fleet.start(fixtureSpec('good'));
    await probe.waitUntilReady(target, 5_000, never);
    const checks = await probe.verifyScenario(target, payloadScenario, never);
    expect(checks.map(({ id, result }) => `${id} ${result.kind}`)).toEqual([
      'identity pass',
      'response-1kb pass',
    ]);
  });
});

describe('the whole contract', () => {
  it('checks connections with the smallest scenario and content with every one', () => {
    const large = scenario({ id: 'large', expect: { ...payloadScenario.expect, bodyBytes: 9_999 } });
    const ids = contractChecks([large, payloadScenario], systemClock).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['response-large', 'head-large', 'response-1kb']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)).toBe('sigterm');
  });

  it('still asks for identity and an orderly end where a target serves no scenario', () => {
    expect(contractChecks([], systemClock).map(({ id }) => id)).toEqual(['identity', 'not-found', 'sigterm']);
  });
});
