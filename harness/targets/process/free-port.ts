import { createServer } from 'node:net';
import { HarnessError } from '../../base/errors.ts';
import { socketsOnPort } from '../proc/sockets.ts';

const ATTEMPTS = 20;

/**
 * A loopback port that no socket uses in any state: also none with connections of an earlier target in TIME_WAIT, so
 * that no trial inherits what another left in the kernel.
 */
export async function freeLoopbackPort(propose: () => Promise<number> = kernelChoice): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await propose();
    if ((socketsOnPort(port) ?? []).length === 0) return port;
  }
  throw new HarnessError(
    'PREFLIGHT',
    `no quiet loopback port in ${ATTEMPTS} attempts: close what holds so many sockets`,
  );
}

/** The port that the kernel gives to a socket bound to port 0, which is closed again. */
export function kernelChoice(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
