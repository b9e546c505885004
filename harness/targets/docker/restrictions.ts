import { KIB, MIB } from '../../base/units.ts';

/**
 * What every container of ours may do, the same in docker-compose.yml; a test compares the two. Pids: a thread a
 * connection is a fair design, so the limit leaves room for 1,000 connections and still stops a fork bomb.
 */
export const RESTRICTIONS = {
  network: 'host',
  user: '65532:65532',
  capDrop: 'ALL',
  securityOpt: 'no-new-privileges',
  pidsLimit: 2_048,
  memoryBytes: KIB * MIB,
  logDriver: 'json-file',
  logMaxSize: '1m',
  stopTimeoutS: 2,
} as const;
