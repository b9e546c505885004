import { readdirSync, readlinkSync } from 'node:fs';
import { commandOf, processIds, readProcText } from './processes.ts';

/** A TCP socket as /proc/net/tcp shows it. */
export interface TcpSocket {
  /** Hexadecimal, as the kernel prints it. */
  localAddress: string;
  localPort: number;
  listening: boolean;
  inode: string;
}

const TCP_LISTEN = '0A';

/**
 * Addresses that answer for 127.0.0.1, in the kernel's notation (32-bit words in host order, here little-endian):
 * itself, both wildcards, and the IPv4-mapped forms.
 */
const LOOPBACK_ADDRESSES = new Set([
  '0100007F',
  '00000000',
  '00000000000000000000000000000000',
  '0000000000000000FFFF00000100007F',
  '0000000000000000FFFF000000000000',
]);

/** The sockets that the text of /proc/net/tcp or tcp6 lists. */
export function parseTcpTable(text: string): TcpSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [localAddress = '', port = ''] = (fields[1] ?? '').split(':');
      const inode = fields[9];
      if (inode === undefined) return [];
      return [
        { localAddress, localPort: Number.parseInt(port, 16), listening: fields[3] === TCP_LISTEN, inode },
      ];
    });
}

/** Every TCP socket of this network namespace; null where the system does not tell (no /proc/net). */
function tcpSockets(): TcpSocket[] | null {
  const tables = ['net/tcp', 'net/tcp6'].map(readProcText).filter((table) => table !== null);
  return tables.length === 0 ? null : tables.flatMap(parseTcpTable);
}

/** Sockets with the given local port in any state, TIME_WAIT included; null where the system does not tell. */
export function socketsOnPort(port: number): TcpSocket[] | null {
  return tcpSockets()?.filter((socket) => socket.localPort === port) ?? null;
}

/** Sockets that accept connections to 127.0.0.1:port; null where the system does not tell. */
export function loopbackListeners(port: number): TcpSocket[] | null {
  const sockets = socketsOnPort(port);
  return (
    sockets?.filter(({ listening, localAddress }) => listening && LOOPBACK_ADDRESSES.has(localAddress)) ??
    null
  );
}

/** The processes that hold a socket; empty where they belong to another user, whose descriptors we may not read. */
export function socketHolders(inode: string, pids: readonly number[] = processIds()): number[] {
  const wanted = `socket:[${inode}]`;
  return pids.filter((pid) => descriptorLinks(pid).includes(wanted));
}

export type PortOwner =
  | { kind: 'nobody' }
  | { kind: 'ours' }
  | { kind: 'foreign'; pid: number; command: string }
  /** The system does not say whose socket it is. */
  | { kind: 'unknown' };

/**
 * Whose socket answers on 127.0.0.1:port, asked of the kernel without sending anything. One foreign listener is enough
 * for `foreign`: with SO_REUSEPORT it would take a share of the connections.
 */
export function portOwner(port: number, isOurs: (pid: number) => boolean): PortOwner {
  const listeners = loopbackListeners(port);
  if (listeners === null) return { kind: 'unknown' };
  if (listeners.length === 0) return { kind: 'nobody' };
  const pids = processIds();
  const ours = pids.filter(isOurs);
  const others = listeners.filter((socket) => socketHolders(socket.inode, ours).length === 0);
  if (others.length === 0) return { kind: 'ours' };
  for (const socket of others) {
    const [pid] = socketHolders(socket.inode, pids);
    if (pid !== undefined) return { kind: 'foreign', pid, command: commandOf(pid) };
  }
  return { kind: 'unknown' };
}

function descriptorLinks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}
