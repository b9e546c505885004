import { describe, expect, it } from 'vitest';
import { needsNetworkNamespace } from '../support/privileged.ts';
import { expectMeasured, runWithoutNetwork } from './isolated-run.ts';

describe('S17 a machine without a network', () => {
  it('runs a whole quick session of every target that is built here', (context) => {
    needsNetworkNamespace(context);
    const session = runWithoutNetwork(['--quick'], 900_000);
    expectMeasured(session);
    expect(session.targets.length).toBeGreaterThanOrEqual(2);
  });
});
