import { describe, it } from 'vitest';
import { needsNetworkNamespace } from '../support/privileged.ts';
import { expectMeasured, runWithoutNetwork } from './isolated-run.ts';

describe('S17 a machine without a network', () => {
  it('runs a session from start to report: nothing is fetched while measuring', (context) => {
    needsNetworkNamespace(context);
    const time = ['--rounds', '1', '--duration', '300ms', '--warmup', '100ms', '--connections', '4'];
    const work = ['--no-build', '--target', 'node-http', '--scenario', '1kb', '--driver', 'dyno'];
    expectMeasured(runWithoutNetwork([...work, ...time], 60_000));
  });
});
