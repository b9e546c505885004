import { type Check, defineCheck } from '../check.ts';

const IPV4 = '/proc/sys/net/ipv4';
/** Linux before 5.4 had 128: a burst of new connections then waits for a second SYN, 1 s later. */
const BACKLOG_NEEDED = 1_024;
/** A closed connection keeps its port for 60 s (TIME-WAIT), an open one for as long as it lives. */
const PORTS_NEEDED = 15_000;

const ports = defineCheck({
  id: 'ephemeral-ports',
  group: 'network',
  title: 'ephemeral ports',
  why: 'one per connection, and for 60 s after it',
  read: ({ tree }) => {
    const match = /^(\d+)\s+(\d+)$/.exec(tree.text(`${IPV4}/ip_local_port_range`) ?? '');
    return match === null ? null : { first: Number(match[1]), last: Number(match[2]) };
  },
  judge: ({ first, last }) => {
    const count = last - first + 1;
    const value = `${count.toLocaleString('en-US')} (${first}-${last})`;
    return count < PORTS_NEEDED
      ? { value, fix: 'sudo sysctl -w net.ipv4.ip_local_port_range="16384 60999"' }
      : { value };
  },
});

const backlog = defineCheck({
  id: 'somaxconn',
  group: 'network',
  title: 'accept queue',
  why: 'connections beyond it wait 1 s and try again',
  read: ({ tree }) => tree.integer('/proc/sys/net/core/somaxconn'),
  judge: (somaxconn) => {
    const value = `${somaxconn.toLocaleString('en-US')} (somaxconn)`;
    return somaxconn < BACKLOG_NEEDED ? { value, fix: 'sudo sysctl -w net.core.somaxconn=4096' } : { value };
  },
});

/**
 * BBR against CUBIC on loopback, one connection, 1 MiB bodies, ten pairs of 1 s on a busy machine of two CPUs: CPU time
 * per request, both ends together, was higher in nine, by 26 % in the median; at 1 KiB there was no difference to see.
 */
const congestion = defineCheck({
  id: 'congestion-control',
  group: 'network',
  title: 'congestion control',
  why: 'pacing costs CPU time on large bodies',
  read: ({ tree }) => tree.text(`${IPV4}/tcp_congestion_control`),
  judge: (name) =>
    name.startsWith('bbr')
      ? { value: `${name}, which paces`, fix: 'sudo sysctl -w net.ipv4.tcp_congestion_control=cubic' }
      : { value: name },
});

/** Flags of `tcp_fastopen` (kernel ip-sysctl): connect with data, accept with data, for every listener even unasked. */
const FAST_OPEN = { client: 0x1, server: 0x2, allListeners: 0x400 };

const fastOpen = defineCheck({
  id: 'fast-open',
  group: 'network',
  title: 'TCP Fast Open',
  why: 'a target must not skip a round trip unasked',
  read: ({ tree }) => tree.integer(`${IPV4}/tcp_fastopen`),
  judge: (flags) => {
    const sides = [flags & FAST_OPEN.client ? 'client' : '', flags & FAST_OPEN.server ? 'server' : ''];
    const value = sides.filter((side) => side !== '').join(' and ') || 'off';
    return (flags & FAST_OPEN.allListeners) !== 0
      ? { value: `${value}, all listeners`, fix: 'sudo sysctl -w net.ipv4.tcp_fastopen=1' }
      : { value };
  },
});

export const NETWORK_CHECKS: readonly Check[] = [ports, backlog, congestion, fastOpen];
