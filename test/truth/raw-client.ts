import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface RawAnswer {
  text: string;
  end: 'fin' | 'reset' | 'open';
}

/** Sends bytes on a fresh connection and returns what came back until it ended, or until the time was over. */
export async function exchange(port: number, request: string, waitMs: number): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  let end: RawAnswer['end'] = 'open';
  const socket = net.connect(port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      end = 'fin';
    });
    socket.on('error', () => {
      end = 'reset';
    });
    socket.on('close', () => resolve());
  });
  socket.write(request);
  await Promise.race([closed, delay(waitMs)]);
  socket.destroy();
  return { text: Buffer.concat(chunks).toString('latin1'), end };
}

export function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'host: truth', ...headers, '', ''].join('\r\n');
}

/** GETs the path `times` times, one after the other on one connection, and returns the statuses. */
export async function getMany(port: number, path: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      await response.arrayBuffer();
      statuses.push(response.status);
    } catch {
      statuses.push(0);
    }
  }
  return statuses;
}
