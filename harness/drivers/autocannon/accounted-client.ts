// oxlint-disable no-underscore-dangle -- the names are autocannon's
import type { Outcome } from '../../model/counts.ts';
import { errnoOf } from '../../base/errors.ts';
import type { AutocannonClient } from './client-internals.ts';
import { RequestSlot, type SlotPorts } from './request-slot.ts';

/** A connection that gave no answer is tried again no sooner than this: 20 attempts a second. */
const BACKOFF_MS = 50;

/** Errors of a connection that speak of this machine, not of the target. */
const OWN_LIMITS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

export interface ClientOptions extends Omit<SlotPorts, 'parser'> {
  isPerRequest: boolean;
  requestTimeoutUs: number;
}

/**
 * One client of autocannon, with its accounting taken over. Left alone it writes into connections that are not made yet,
 * keeps the request of a lost connection in its queue, so that every later answer is matched to the wrong one, takes no
 * notice of a FIN or of a message that it cannot parse, and reconnects to a dead target without a pause.
 */
export class AccountedClient {
  readonly #client: AutocannonClient;
  readonly #slot: RequestSlot;
  readonly #options: ClientOptions;
  readonly #connect: () => void;
  readonly #request: () => void;
  #connectingSinceUs: number | null = null;
  #isStopped = false;
  #isOpen = false;
  #hasTried = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(client: AutocannonClient, options: ClientOptions) {
    this.#client = client;
    this.#options = options;
    this.#slot = new RequestSlot({ ...options, parser: client.parser });
    this.#connect = client._connect.bind(client);
    this.#request = client._doRequest.bind(client);
    client.pipelinedRequests = this.#slot;
    client._connect = () => this.#reconnect();
    client._doRequest = () => this.#next();
    this.#watchParser();
  }

  #watchParser(): void {
    const { parser } = this.#client;
    const execute = parser.execute.bind(parser);
    parser.execute = (chunk) => {
      const taken = execute(chunk);
      if (taken instanceof Error) this.#lose('protocolError');
      else if (this.#slot.unusable === 'violated') this.#lose('protocolError');
      return taken;
    };
  }

  /** True once the first attempt to connect has come to an end, good or bad. */
  get hasTried(): boolean {
    return this.#hasTried;
  }

  /** Opens the gate: from now on there is always a request in flight, as long as one may be sent. */
  open(): void {
    this.#isOpen = true;
    this.#next();
  }

  #next(): void {
    const { conn } = this.#client;
    if (this.#isStopped || !this.#isOpen || this.#slot.isBusy || this.#slot.unusable === 'violated') return;
    if (conn.connecting || conn.destroyed || !this.#options.tally.maySend) return;
    const isUsed = this.#slot.answered > 0 && this.#options.isPerRequest;
    if (this.#slot.unusable === 'closing' || isUsed) this.#replaceConnection();
    else this.#request();
  }

  #reconnect(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#client.parser.reinitialize(this.#client.parser.type);
    this.#slot.reset();
    this.#connectingSinceUs = this.#options.nowUs();
    this.#connect();
    const { conn } = this.#client;
    // Ours take the place of autocannon's listeners, which lose the request in flight.
    conn.removeAllListeners('error');
    conn.removeAllListeners('end');
    conn.once('connect', () => {
      this.#hasTried = true;
      this.#connectingSinceUs = null;
      this.#next();
    });
    conn.once('error', (error: Error) =>
      this.#lose(this.#isConnecting(conn) ? 'connectError' : 'reset', error),
    );
    conn.once('end', () => this.#onEnd());
  }

  #isConnecting(conn: unknown): boolean {
    return conn === this.#client.conn && this.#connectingSinceUs !== null;
  }

  /** A FIN may complete a response without a stated length; else it cuts one off, or leaves a request unanswered. */
  #onEnd(): void {
    const { conn } = this.#client;
    if (this.#slot.isBusy && this.#slot.hasBytes) {
      this.#slot.unusable = 'closing';
      this.#client.parser.finish();
    }
    if (conn === this.#client.conn) this.#lose(this.#slot.hasBytes ? 'truncated' : 'reset');
  }

  #lose(outcome: Outcome, error?: Error): void {
    if (this.#isStopped) return;
    this.#hasTried = true;
    const { tally, nowUs } = this.#options;
    const limit = errnoOf(error);
    if (limit !== null && OWN_LIMITS.has(limit)) tally.note('DRIVER_LIMIT', limit);
    if (this.#connectingSinceUs === null) this.#slot.fail(outcome);
    else if (this.#isOpen && tally.maySend) {
      // The request that this connection was made for could not be sent.
      tally.end(tally.send(this.#connectingSinceUs), 'connectError', nowUs());
    }
    this.#replaceConnection();
  }

  #replaceConnection(): void {
    const hasAnswered = this.#slot.answered > 0;
    this.#connectingSinceUs = null;
    this.#client._destroyConnection();
    if (!this.#options.tally.maySend) return;
    if (hasAnswered) this.#reconnect();
    else this.#retry = setTimeout(() => this.#reconnect(), BACKOFF_MS);
  }

  /** Gives up what has been under way for longer than a request may take, whether it trickles or stands. */
  enforceDeadline(nowUs: number): void {
    const { requestTimeoutUs } = this.#options;
    const connectingUs = this.#connectingSinceUs === null ? 0 : nowUs - this.#connectingSinceUs;
    if (this.#slot.ageUs(nowUs) > requestTimeoutUs) this.#lose('timeout');
    else if (connectingUs > requestTimeoutUs) this.#lose('connectError');
  }

  /** Ends the client; a request that is still in flight is unfinished. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#slot.fail('unfinished');
    this.#client.destroy();
  }
}
