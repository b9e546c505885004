import type { Reason } from '../model/reason.ts';

/** Errors of a connect that speak of this machine, not of the target. */
const DRIVER_LIMIT_CODES = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

/** What went wrong with connections beyond the outcome of a request. */
export class ConnectionTroubles {
  #unsolicited = 0;
  #wrongBytes = 0;
  readonly #limits = new Map<string, number>();

  /** Bytes came that no request had asked for. */
  unsolicited(): void {
    this.#unsolicited++;
  }

  /** A body had the expected length, and other bytes. */
  wrongBytes(): void {
    this.#wrongBytes++;
  }

  /** A connect failed with this errno. */
  connectFailed(code: string | null): void {
    if (code !== null && DRIVER_LIMIT_CODES.has(code))
      this.#limits.set(code, (this.#limits.get(code) ?? 0) + 1);
  }

  reasons(): Reason[] {
    const reasons: Reason[] = [];
    if (this.#unsolicited > 0) {
      const detail = `${this.#unsolicited} time(s) bytes came that no request had asked for`;
      reasons.push({ code: 'PROTO_UNSOLICITED', detail });
    }
    if (this.#wrongBytes > 0) {
      const detail = `${this.#wrongBytes} sampled bodies of the expected length hold other bytes`;
      reasons.push({ code: 'BODY_MISMATCH', detail });
    }
    for (const [code, times] of this.#limits) {
      reasons.push({ code: 'DRIVER_LIMIT', detail: `${times} connect(s) failed here with ${code}` });
    }
    return reasons;
  }
}
