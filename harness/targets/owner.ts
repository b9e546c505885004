import { readProcess } from './proc/processes.ts';

/** What marks everything that httpdyno starts, in the environment of processes and the labels of containers. */
export const ENV_SESSION = 'HTTPDYNO_SESSION';
export const ENV_OWNER = 'HTTPDYNO_OWNER';
export const ENV_NONCE = 'HTTPDYNO_NONCE';
export const LABEL = 'io.httpdyno';
export const LABEL_SESSION = 'io.httpdyno.session';
export const LABEL_OWNER = 'io.httpdyno.owner';
export const LABEL_INPUTS = 'io.httpdyno.inputs';

/** This process as `pid:startTicks`: a pid alone proves nothing once it has been used again. */
export function thisOwner(): string {
  return `${process.pid}:${readProcess(process.pid)?.startTicks ?? 0}`;
}

/** Whether the process that an owner label names still runs. What cannot be read counts as alive: it is left alone. */
export function ownerIsAlive(owner: string): boolean {
  const match = /^(\d{1,10}):(\d{1,20})$/.exec(owner);
  if (match === null) return true;
  const pid = Number(match[1]);
  const info = readProcess(pid);
  if (info !== null) return !info.zombie && info.startTicks === Number(match[2]);
  return readProcess(process.pid) === null && isRunning(pid);
}

/** For systems without /proc, where nothing tells a pid that was used again. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
