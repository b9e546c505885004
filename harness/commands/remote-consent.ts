import { request } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { HarnessError } from '../base/errors.ts';
import type { LoadRequest } from '../model/load.ts';

/** Where a server that stands elsewhere says that it may be loaded. */
export const CONSENT_PATH = '/.well-known/httpdyno-consent';

/** What a remote target gets without its consent: enough to see that it answers, too little to hurt it. */
const CAP = { rateRps: 50, durationMs: 10_000, connections: 50 } as const;
const TIMEOUT_MS = 5_000;
const MAX_TOKEN_BYTES = 1_024;

/** Addresses that are nobody's server: this network, link-local (cloud metadata), multicast, reserved, unspecified. */
const NEVER = new BlockList();
NEVER.addSubnet('0.0.0.0', 8, 'ipv4');
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addSubnet('224.0.0.0', 3, 'ipv4');
NEVER.addAddress('::', 'ipv6');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addSubnet('ff00::', 8, 'ipv6');

/** IPv4 written as IPv6: a disguise. Apart from the others, for a block list takes every IPv4 address for one of these. */
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** True for an address that no flag allows. */
export function isNeverATarget(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return NEVER.check(address, 'ipv4');
  return family === 0 || NEVER.check(address, 'ipv6') || MAPPED.check(address, 'ipv6');
}

/** The one line that a server at this address and port must answer to be loaded without a cap. */
export function consentToken(address: string, port: number): string {
  return `httpdyno may load ${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

/** The first bytes of what the target answers at the consent path, or null where that is not a plain 200. */
export type AskConsent = (address: string, port: number, authority?: string) => Promise<string | null>;

/**
 * One request to the address itself, by the name that the load will use, so that one of several servers behind an address
 * speaks for itself only: no name is resolved, no redirect followed, no proxy used, little read.
 */
export const askConsent: AskConsent = async (address, port, authority) =>
  new Promise((resolve) => {
    const asked = request(
      {
        host: address,
        port,
        path: CONSENT_PATH,
        ...(authority === undefined ? {} : { headers: { host: authority } }),
        agent: false,
        timeout: TIMEOUT_MS,
        insecureHTTPParser: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_TOKEN_BYTES) asked.destroy();
        });
        response.once('close', () => resolve(response.complete && response.statusCode === 200 ? text : null));
      },
    );
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    deadline.addEventListener('abort', () => asked.destroy());
    asked.once('error', () => resolve(null));
    asked.end();
  });

/** Asks a remote target anew, before each load; without its consent only a load below the cap may go there. */
export async function refuseUnwanted(load: LoadRequest, ask: AskConsent = askConsent): Promise<void> {
  const token = consentToken(load.host, load.port);
  if ((await ask(load.host, load.port, load.authority))?.trim() === token || isHarmless(load)) return;
  throw new HarnessError(
    'URL_REFUSED',
    `${load.host}:${load.port} does not consent to load: at most ${CAP.rateRps} requests/s for ${CAP.durationMs / 1_000} s may go there`,
    {
      fix: `serve the line \`${token}\` at ${CONSENT_PATH}, or -R ${CAP.rateRps} -d 5s -c 10 --warmup 1s`,
    },
  );
}

function isHarmless({ loop, warmup, termination, connections }: LoadRequest): boolean {
  if (loop.kind !== 'open' || loop.rateRps > CAP.rateRps || connections > CAP.connections) return false;
  const measureMs =
    termination.kind === 'duration' ? termination.ms : (termination.requests / loop.rateRps) * 1_000;
  return warmup.maxMs + measureMs <= CAP.durationMs;
}
