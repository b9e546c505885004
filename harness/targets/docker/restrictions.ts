import { KIB, MIB } from '../../base/units.ts';
import type { LaunchOptions } from '../../model/ports.ts';
import type { TargetSpec } from '../../model/target.ts';

/** What every container of ours may do, the same in docker-compose.yml; a test compares the two. */
export const RESTRICTIONS = {
  network: 'host',
  user: '65532:65532',
  capDrop: 'ALL',
  securityOpt: 'no-new-privileges',
  /** Processes and threads, of a server with a fixed number of them. */
  pidsLimit: 256,
  memoryBytes: KIB * MIB,
  logDriver: 'json-file',
  logMaxSize: '1m',
  stopTimeoutS: 2,
} as const;

/** A Node process is its main thread, four of V8, four of libuv and some for signals and inspection. */
const PIDS_PER_WORKER = 16;
/** What `verify`, readiness and a scenario of any usual size open at once. */
const CONNECTIONS_USUAL = 1_024;

/**
 * Processes and threads that a container may have: 256, more only for more than 16 workers, and beside it a thread a
 * connection where the target says that it is built so. All are few enough to stop a fork bomb.
 */
export function pidsLimit(
  { run }: Pick<TargetSpec, 'run'>,
  { workers, connections = 0 }: Pick<LaunchOptions, 'workers' | 'connections'>,
): number {
  const own = Math.max(RESTRICTIONS.pidsLimit, workers * PIDS_PER_WORKER);
  return run.threads === 'per-connection' ? own + Math.max(CONNECTIONS_USUAL, connections) : own;
}
