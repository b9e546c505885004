import type { LaunchOptions } from '../../model/ports.ts';
import type { TargetAddress, TargetSpec } from '../../model/target.ts';
import { ENV_NONCE, LABEL, LABEL_OWNER, LABEL_SESSION, thisOwner } from '../owner.ts';
import { pidsLimit, RESTRICTIONS } from './restrictions.ts';

export interface ContainerSettings {
  name: string;
  image: string;
  address: TargetAddress;
  memoryBytes: number;
  /** Added to our own labels; tests mark what they start. */
  labels: Readonly<Record<string, string>>;
}

/** Arguments of `docker run`, each value a word of its own: no shell reads them, and `--` ends the options. */
export function runArguments(spec: TargetSpec, launch: LaunchOptions, settings: ContainerSettings): string[] {
  const labels = {
    [LABEL]: '1',
    [LABEL_SESSION]: launch.sessionId,
    [LABEL_OWNER]: thisOwner(),
    ...settings.labels,
  };
  const environment = {
    ...spec.run.env,
    HOST: settings.address.host,
    PORT: String(settings.address.port),
    WORKERS: String(launch.workers),
    [ENV_NONCE]: launch.nonce,
  };
  return [
    'run',
    '--detach',
    `--name=${settings.name}`,
    ...restrictionArguments(settings.memoryBytes),
    `--pids-limit=${pidsLimit(spec, launch)}`,
    ...(launch.cpus === null ? [] : [`--cpuset-cpus=${launch.cpus.join(',')}`]),
    ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
    ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
    '--',
    settings.image,
  ];
}

function restrictionArguments(memoryBytes: number): string[] {
  return [
    `--network=${RESTRICTIONS.network}`,
    `--user=${RESTRICTIONS.user}`,
    '--read-only',
    `--cap-drop=${RESTRICTIONS.capDrop}`,
    `--security-opt=${RESTRICTIONS.securityOpt}`,
    // Equal limits leave no swap: a target that swaps would be measured as a disk.
    `--memory=${memoryBytes}`,
    `--memory-swap=${memoryBytes}`,
    `--log-driver=${RESTRICTIONS.logDriver}`,
    `--log-opt=max-size=${RESTRICTIONS.logMaxSize}`,
    `--stop-timeout=${RESTRICTIONS.stopTimeoutS}`,
  ];
}
