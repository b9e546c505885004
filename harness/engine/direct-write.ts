import type { Socket } from 'node:net';

/** The part of a socket's internal handle that is used here. */
interface StreamHandle {
  writeBuffer(request: object, bytes: Uint8Array): number;
}

interface StreamBinding {
  WriteWrap: new () => object;
  streamBaseState: ArrayLike<number>;
  kLastWriteWasAsync: number;
}

/** Writes bytes now, or queues them in the kernel's stead; returns 0, or a negative errno of libuv. */
export type DirectWrite = (bytes: Uint8Array) => number;

const binding = loadBinding();
let spare: object | null = binding === null ? null : newRequest(binding);

/**
 * A way to write to a connected socket past the machinery of streams, or null where this runtime offers none: then
 * `socket.write` does the same, in about half a µs more. It rests on internals of Node, so it is used only where all
 * parts have the expected shape, and for small writes whose completion nobody waits for. A request object is consumed
 * only by a write that could not finish at once; until then the same one serves all sockets.
 */
export function directWriteOf(socket: Socket): DirectWrite | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (binding === null || !isStreamHandle(handle)) return null;
  const { streamBaseState, kLastWriteWasAsync } = binding;
  return (bytes) => {
    spare ??= newRequest(binding);
    const error = handle.writeBuffer(spare, bytes);
    if (streamBaseState[kLastWriteWasAsync] !== 0) spare = null;
    return error;
  };
}

function newRequest({ WriteWrap }: StreamBinding): object {
  // The runtime calls `oncomplete` when a write that had to wait is done or cancelled.
  return Object.assign(new WriteWrap(), { oncomplete: () => undefined });
}

function loadBinding(): StreamBinding | null {
  try {
    const load: unknown = Reflect.get(process, 'binding');
    if (typeof load !== 'function') return null;
    const candidate: unknown = Reflect.apply(load, process, ['stream_wrap']);
    return isStreamBinding(candidate) ? candidate : null;
  } catch {
    return null;
  }
}

function isStreamBinding(value: unknown): value is StreamBinding {
  if (typeof value !== 'object' || value === null) return false;
  const index: unknown = Reflect.get(value, 'kLastWriteWasAsync');
  const state: unknown = Reflect.get(value, 'streamBaseState');
  return (
    typeof Reflect.get(value, 'WriteWrap') === 'function' &&
    ArrayBuffer.isView(state) &&
    typeof index === 'number' &&
    index < state.byteLength / Int32Array.BYTES_PER_ELEMENT
  );
}

function isStreamHandle(value: unknown): value is StreamHandle {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'writeBuffer') === 'function'
  );
}
