import autocannon from 'autocannon';
import { monotonicUs } from '../../base/clock.ts';
import { derivedSeed } from '../../base/random.ts';
import { US_PER_MS } from '../../base/units.ts';
import { BodySampler } from '../../engine/body-check.ts';
import type { WorkerTask } from '../../engine/fleet-protocol.ts';
import { AccountedClient } from './accounted-client.ts';
import { AUTOCANNON_VERSION, hasKnownInternals, missingInternals } from './client-internals.ts';
import { methodOf } from './methods.ts';
import type { Tally } from './tally.ts';

/** Its own end never comes: we decide when to stop. In seconds; a timer holds no more than 2^31 ms. */
const FOREVER_S = 2_000_000;

/** One instance of autocannon with all its clients, connected and silent until opened. */
export class Rig {
  readonly #clients: AccountedClient[] = [];

  /** @throws Error where autocannon's client does not look like the one that this driver knows. */
  constructor({ request, workerIndex }: WorkerTask, tally: Tally) {
    const host = request.host.includes(':') ? `[${request.host}]` : request.host;
    const bodies = new BodySampler(request.expected, derivedSeed(request.seed, workerIndex));
    const instance = autocannon(
      {
        url: `http://${host}:${request.port}${request.path}`,
        connections: request.connections,
        duration: FOREVER_S,
        // Whole seconds only: a fraction would be taken as given and 0 as 10. Our own deadline precedes it in any case.
        timeout: Math.ceil(request.requestTimeoutMs / 1_000) + 1,
        pipelining: 1,
        method: methodOf(request.method),
        headers: {
          ...(request.authority === undefined ? {} : { host: request.authority }),
          ...request.headers,
        },
        ...(request.body === null ? {} : { body: request.body }),
        setupClient: (client: unknown) => {
          if (!hasKnownInternals(client)) {
            const missing = missingInternals(client).join(', ');
            throw new Error(`autocannon ${AUTOCANNON_VERSION} is needed; in this one there is no ${missing}`);
          }
          this.#clients.push(
            new AccountedClient(client, {
              tally,
              bodies,
              expected: request.expected,
              nowUs: monotonicUs,
              isPerRequest: request.connectionMode === 'per-request',
              requestTimeoutUs: request.requestTimeoutMs * US_PER_MS,
            }),
          );
        },
      },
      () => undefined,
    );
    instance.on('error', (error: Error) => {
      throw error;
    });
  }

  /** True once every connection is made, or has failed a first time. */
  get isConnected(): boolean {
    return this.#clients.every((client) => client.hasTried);
  }

  open(): void {
    for (const client of this.#clients) client.open();
  }

  enforceDeadlines(nowUs: number): void {
    for (const client of this.#clients) client.enforceDeadline(nowUs);
  }

  stop(): void {
    for (const client of this.#clients) client.stop();
  }
}
