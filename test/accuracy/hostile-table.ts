import type { Outcome } from '../../harness/model/counts.ts';
import type { WireMode } from '../truth/program.ts';

/** What became of every request under wrk: `nothing` where it counts none at all, `no result` where it gives no figures. */
type UnderWrk = 'ok' | 'reset' | 'nothing' | 'no result';

export interface HostileRow {
  /** The row of docs/reliability.md, and the answer in words. */
  name: string;
  mode: WireMode;
  dyno: Outcome;
  /** With the length of the body known, as in every scenario of ours. */
  autocannon: Outcome;
  /** With any body taken, as in an ad-hoc load: its parser is lenient, and only the body gave the answer away. */
  autocannonAnyBody: Outcome;
  wrk: UnderWrk;
}

const row = (
  name: string,
  mode: WireMode,
  dyno: Outcome,
  [autocannon, autocannonAnyBody = autocannon]: readonly [Outcome, Outcome?],
  wrk: UnderWrk,
): HostileRow => ({ name, mode, dyno, autocannon, autocannonAnyBody, wrk });

/** What each driver makes of each answer that HTTP forbids, or that never ends. */
export const HOSTILE_TABLE: readonly HostileRow[] = [
  row('S14 a length and chunks', 'cl-and-te', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 two lengths', 'duplicate-cl', 'protocolError', ['protocolError'], 'reset'),
  row('S14 a list of lengths', 'listed-cl', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 a negative length', 'negative-cl', 'protocolError', ['protocolError'], 'reset'),
  row('S14 a signed length', 'signed-cl', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 a hexadecimal length', 'hex-cl', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 an empty length', 'empty-cl', 'protocolError', ['protocolError'], 'nothing'),
  row('S14 a length beyond counting', 'huge-cl', 'protocolError', ['timeout'], 'reset'),
  row('S14 a chunk size that is no number', 'bad-chunk', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 a chunk size beyond counting', 'huge-chunk', 'protocolError', ['timeout'], 'reset'),
  row('S14 a chunk longer than its size', 'long-chunk', 'protocolError', ['protocolError'], 'reset'),
  row('S14 another transfer coding', 'bad-coding', 'protocolError', ['timeout'], 'nothing'),
  row('S14 a space before the colon', 'space-in-name', 'protocolError', ['timeout'], 'reset'),
  row('S14 NUL in a value', 'nul-in-value', 'protocolError', ['badBody', 'ok'], 'reset'),
  row('S14 garbage', 'garbage', 'protocolError', ['protocolError'], 'reset'),
  row('S14 HTTP/0.9', 'http09', 'protocolError', ['protocolError'], 'reset'),
  row('S14 bare LF', 'bare-lf', 'protocolError', ['badBody', 'ok'], 'ok'),
  row('S14 a folded header', 'obs-fold', 'protocolError', ['badBody', 'ok'], 'ok'),
  row('S14 status 99', 'status-99', 'protocolError', ['protocolError'], 'ok'),
  row('S14 status 1000', 'status-1000', 'protocolError', ['timeout'], 'reset'),
  row('S14 HTTP/2.0', 'http2', 'protocolError', ['badBody', 'ok'], 'ok'),
  row('S14 an upgrade that nobody asked for', 'status-101', 'protocolError', ['badStatus'], 'ok'),
  row('F10 no answer', 'silent', 'timeout', ['timeout'], 'nothing'),
  row('F12 FIN without a response', 'fin', 'reset', ['reset'], 'reset'),
  row('F12 RST without a response', 'reset', 'reset', ['reset'], 'reset'),
  row('F13 a body cut off', 'truncated', 'truncated', ['truncated'], 'reset'),
  row('F13 a head cut off', 'truncated-head', 'truncated', ['truncated'], 'reset'),
  row('F13 RST within the body', 'reset-in-body', 'reset', ['reset'], 'reset'),
  row('F14 two responses', 'two-responses', 'protocolError', ['protocolError'], 'no result'),
  row('F15 endless interim responses', 'endless-interim', 'protocolError', ['protocolError'], 'no result'),
  row('F16 slow headers', 'slow-headers', 'timeout', ['timeout'], 'nothing'),
  row('F16 slow body', 'slow-body', 'timeout', ['timeout'], 'nothing'),
  row('F17 an endless status line', 'endless-status-line', 'protocolError', ['protocolError'], 'reset'),
  row('F17 endless headers', 'endless-headers', 'protocolError', ['protocolError'], 'reset'),
  row('F17 an endless body', 'endless-body', 'badBody', ['badBody', 'timeout'], 'nothing'),
  row('F17 endless chunks', 'endless-chunks', 'badBody', ['badBody', 'timeout'], 'nothing'),
  row('F17 an endless chunk extension', 'endless-chunk-ext', 'protocolError', ['protocolError'], 'reset'),
  row('F17 endless trailers', 'endless-trailers', 'protocolError', ['protocolError'], 'reset'),
];
