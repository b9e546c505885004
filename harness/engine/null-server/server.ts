import { createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { directWriteOf } from '../direct-write.ts';
import type { EncodedAnswer } from './answer.ts';
import { Conversation } from './conversation.ts';

const READ_BUFFER_BYTES = 16_384;
/** Up to this size a write is expected to fit the socket's buffer, and takes the direct way. */
const DIRECT_LIMIT_BYTES = 16_384;

/**
 * A server that does nothing but answer, as fast as this runtime can: reads go into one buffer for all connections,
 * small writes past the machinery of streams. One request of 1 KB costs it as much CPU time as a driver spends on it;
 * most of that is the kernel's, so that no server on one CPU could show a ceiling much above its own.
 */
export function createNullServer(answers: { answer: EncodedAnswer; witness: EncodedAnswer }): Server {
  const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  const isSmall = answers.answer.whole.length <= DIRECT_LIMIT_BYTES;
  return createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    const conversation = new Conversation({
      ...answers,
      write: (bytes) => write(bytes),
      end: () => socket.end(),
    });
    const socket = withBuffer(accepted, buffer, (length) => conversation.receive(buffer, length));
    const direct = isSmall ? directWriteOf(socket) : null;
    const write = direct ?? ((bytes: Buffer): void => void socket.write(bytes));
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
}

/**
 * The accepted connection as a socket that reads into a buffer of ours. Node offers that to connecting sockets only, so its
 * handle moves to a new one; where it has no such handle, the data events of the accepted one serve.
 */
function withBuffer(accepted: Socket, buffer: Buffer, received: (length: number) => void): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (!isHandle(handle)) {
    return accepted.on('data', (chunk) => {
      for (let from = 0; from < chunk.length; from += buffer.length) {
        received(chunk.copy(buffer, 0, from, from + buffer.length));
      }
    });
  }
  Reflect.set(accepted, '_handle', null);
  const callback = (length: number): boolean => {
    received(length);
    return true;
  };
  return new Socket({ handle, onread: { buffer, callback } });
}

function isHandle(value: unknown): value is NonNullable<SocketConstructorOpts['handle']> {
  return typeof value === 'object' && value !== null && 'useUserBuffer' in value;
}
