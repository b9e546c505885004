import type { ConnectionUser } from './connection.ts';

/** Decides when requests go out; connections do the rest. */
export interface LoadLoop extends ConnectionUser {
  /** Begins to send; an open loop's schedule begins at `atUs`, which has come. */
  start(atUs: number): void;
  /** Sends nothing more; what was due and never sent is dropped. */
  stop(): void;
  /** Takes up what has become due: somebody who looks at `queued` may come before the loop's own turn. */
  catchUp(): void;
  /** Requests that are due and wait for a connection. */
  readonly queued: number;
  /** Time so far in which the loop turned only to be on time, with nothing to do, in µs. */
  readonly idleSpinUs: number;
}
