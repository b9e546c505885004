import type { Reason } from '../model/reason.ts';
import { loopbackListeners, portOwner } from './proc/sockets.ts';

/** The reason that forbids a launch on a port where anything listens already, else null. Nothing is sent to it. */
export function portInUse(port: number): Reason | null {
  if ((loopbackListeners(port) ?? []).length === 0) return null;
  const owner = portOwner(port, () => false);
  return owner.kind === 'foreign'
    ? foreignPort(port, owner)
    : { code: 'PORT_IN_USE', detail: `127.0.0.1:${port} belongs to a process of another user` };
}

export function foreignPort(port: number, owner: { pid: number; command: string }): Reason {
  return { code: 'PORT_IN_USE', detail: `127.0.0.1:${port} belongs to pid ${owner.pid} (${owner.command})` };
}
