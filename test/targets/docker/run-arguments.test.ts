import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchOptions } from '../../../harness/model/ports.ts';
import type { TargetSpec } from '../../../harness/model/target.ts';
import { thisOwner } from '../../../harness/targets/owner.ts';
import { type ContainerSettings, runArguments } from '../../../harness/targets/docker/run-arguments.ts';
import { targetSpec } from '../../support/factories.ts';
import { launchOptions } from '../support/fixtures.ts';

const settings: ContainerSettings = {
  name: 'httpdyno-x-1',
  image: 'httpdyno/x:1',
  address: { host: '127.0.0.1', port: 4_711 },
  memoryBytes: 64 * 1_048_576,
  labels: {},
};

function argumentsOf(overrides: Partial<ContainerSettings> = {}, cpus: number[] | null = [1]): string[] {
  const launch = launchOptions({ cpus, nonce: 'abc', sessionId: 's1', workers: 2 });
  return runArguments(targetSpec('x'), launch, { ...settings, ...overrides });
}

describe('the arguments of docker run', () => {
  it('S4 take away every capability, new privileges, a writable root, root itself, and endless processes', () => {
    expect(argumentsOf()).toEqual(
      expect.arrayContaining([
        '--cap-drop=ALL',
        '--security-opt=no-new-privileges',
        '--read-only',
        '--user=65532:65532',
        '--pids-limit=256',
      ]),
    );
  });

  it('S4 allow threads for each connection only to a target that says so, and to nobody without end', () => {
    const limit = (spec: TargetSpec, launch: Partial<LaunchOptions>): string | undefined =>
      runArguments(spec, launchOptions(launch), settings).find((word) => word.startsWith('--pids-limit'));
    const plain = targetSpec('x');
    const threaded: TargetSpec = { ...plain, run: { ...plain.run, threads: 'per-connection' } };
    expect(limit(plain, { workers: 1, connections: 5_000 })).toBe('--pids-limit=256');
    expect(limit(plain, { workers: 16 })).toBe('--pids-limit=256');
    expect(limit(plain, { workers: 64 })).toBe('--pids-limit=1024');
    expect(limit(threaded, { workers: 1 })).toBe('--pids-limit=1280');
    expect(limit(threaded, { workers: 1, connections: 5_000 })).toBe('--pids-limit=5256');
  });

  it('S4 allow as much swap as memory, which is none on top', () => {
    expect(argumentsOf()).toEqual(expect.arrayContaining(['--memory=67108864', '--memory-swap=67108864']));
  });

  it('S6 bind loopback on the host network and publish no port', () => {
    const args = argumentsOf();
    expect(args).toEqual(
      expect.arrayContaining(['--network=host', '--env=HOST=127.0.0.1', '--env=PORT=4711']),
    );
    expect(args.filter((word) => /^(-p|--publish|-P)/.test(word))).toEqual([]);
  });

  it('S18 mount nothing, least of all the socket of the engine', () => {
    expect(
      argumentsOf().filter((word) =>
        /^(-v|--volume|--mount|--tmpfs|--privileged|--device|--pid=|--ipc)/.test(word),
      ),
    ).toEqual([]);
    expect(argumentsOf().join(' ')).not.toContain('docker.sock');
  });

  it('never let the engine remove the container by itself: how it ended would go with it', () => {
    expect(argumentsOf()).not.toContain('--rm');
  });

  it('say whose it is, for the sweep', () => {
    expect(argumentsOf({ labels: { extra: '1' } })).toEqual(
      expect.arrayContaining([
        '--label=io.httpdyno=1',
        '--label=io.httpdyno.session=s1',
        `--label=io.httpdyno.owner=${thisOwner()}`,
        '--label=extra=1',
      ]),
    );
  });

  it('pin the container to the CPUs of the target, or to none', () => {
    expect(argumentsOf({}, [0, 3])).toContain('--cpuset-cpus=0,3');
    expect(argumentsOf({}, null).join(' ')).not.toContain('cpuset');
  });

  it('hand the contract over, stronger than the settings of the target', () => {
    const spec = targetSpec('x', { run: { command: ['./x'], env: { PORT: '1', OWN: 'a b' } } });
    const args = runArguments(spec, launchOptions({ workers: 2, nonce: 'abc' }), settings);
    expect(args).toEqual(
      expect.arrayContaining(['--env=OWN=a b', '--env=WORKERS=2', '--env=HTTPDYNO_NONCE=abc']),
    );
    expect(args.filter((word) => word.startsWith('--env=PORT='))).toEqual(['--env=PORT=4711']);
  });

  it('bound the log', () => {
    expect(argumentsOf()).toEqual(
      expect.arrayContaining(['--log-driver=json-file', '--log-opt=max-size=1m']),
    );
  });

  it('S12 keep whatever a value holds within its one word, before the -- that ends the options', () => {
    const hostile = fc.constantFrom(
      '$(touch x)',
      ';',
      '\n',
      '--privileged',
      '-v/:/host',
      ' --rm ',
      '`id`',
      '|',
      "'",
      '"',
    );
    const value = fc.array(fc.oneof(hostile, fc.string()), { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(value, value, (env, session) => {
        const spec = targetSpec('x', { run: { command: ['./x'], env: { OWN: env } } });
        const args = runArguments(spec, launchOptions({ sessionId: session }), settings);
        expect(args.slice(-2)).toEqual(['--', 'httpdyno/x:1']);
        expect(args.slice(0, 2)).toEqual(['run', '--detach']);
        const options = args.slice(1, -2);
        expect(options.every((word) => word.startsWith('--'))).toBe(true);
        expect(options.filter((word) => /^--(privileged|rm|volume)/.test(word))).toEqual([]);
        expect(options).toContain(`--env=OWN=${env}`);
      }),
      { numRuns: 200 },
    );
  });
});
