import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { HarnessError, messageOf } from '../base/errors.ts';
import { isLoopbackAddress } from '../base/loopback.ts';
import { isNeverATarget } from './remote-consent.ts';

/** Where a load may go: an address that has been checked, so that nothing resolves a name again. */
export interface Destination {
  url: string;
  address: string;
  port: number;
  /** What the user called it: a server that has several names decides by it which one answers. */
  authority: string;
  /** Path and query. */
  path: string;
  /** True where it is not this machine. */
  remote: boolean;
}

export interface DestinationOptions {
  lookup?: Lookup;
  /** The user says that the target elsewhere is theirs; its own consent is asked for later. */
  remoteAllowed?: boolean;
}

export type Lookup = (host: string) => Promise<readonly string[]>;

const REMOTE_FIX =
  'start the server on this machine and name it by 127.0.0.1, [::1] or localhost; for a server of your own elsewhere see --i-own-this-target';

const systemLookup: Lookup = async (host) =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

/**
 * Checks the URL of an ad-hoc load and resolves its host once. Every address that the name has must be loopback, and the
 * one returned is the one to dial: a name that changes its mind later is never asked again. With `remoteAllowed` any
 * address of a server will do, and the same rules hold. Throws URL_REFUSED.
 */
export async function resolveDestination(
  text: string,
  { lookup = systemLookup, remoteAllowed = false }: DestinationOptions = {},
): Promise<Destination> {
  const url = parseUrl(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  refuseDisguisedAddress(text, host);
  const addresses = isIP(host) === 0 ? await resolve(host, lookup) : [host];
  const [first] = addresses;
  const remote = addresses.some((address) => !isLoopbackAddress(address));
  const foreign = addresses.find((address) =>
    remoteAllowed ? isNeverATarget(address) : !isLoopbackAddress(address),
  );
  if (first === undefined || foreign !== undefined) {
    const seen = foreign === host || foreign === undefined ? host : `${host} (${foreign})`;
    throw new HarnessError(
      'URL_REFUSED',
      remoteAllowed
        ? `${seen} is no address of a server`
        : `${seen} is not a loopback address: load goes only to this machine`,
      { fix: REMOTE_FIX },
    );
  }
  return {
    url: url.href,
    address: first,
    port: url.port === '' ? 80 : Number(url.port),
    authority: url.host,
    path: url.pathname + url.search,
    remote,
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  const refuse = (why: string): never => {
    throw new HarnessError('URL_REFUSED', `${JSON.stringify(withoutCredentials(text))} ${why}`, {
      fix: 'a URL as http://127.0.0.1:8080/path',
    });
  };
  if (url === null) return refuse('is not a URL');
  // The parser would drop line breaks in silence, and go where the text does not seem to lead.
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x20\x7f]/.test(text)) return refuse('holds spaces or control characters');
  if (url.protocol !== 'http:') return refuse(`is not an http: URL`);
  if (url.username !== '' || url.password !== '') return refuse('carries credentials');
  if (url.port === '0') return refuse('names port 0');
  return url;
}

/** A password that was typed by mistake is not repeated where logs keep it. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/*)[^/?#]*@/i, '$1***@');
}

/** An address that is written so that people misread it (`2130706433`, `0177.0.0.1`, `127.1`) is refused as such. */
function refuseDisguisedAddress(text: string, host: string): void {
  if (isIP(host) !== 4) return;
  const written = /^[a-z]+:\/*(?:[^@/]*@)?([^:/?#]*)/i.exec(text.trim())?.[1];
  if (written !== host) {
    throw new HarnessError('URL_REFUSED', `${written ?? text} is another way to write ${host}`, {
      fix: `write ${host}`,
    });
  }
}

async function resolve(host: string, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new HarnessError('URL_REFUSED', `${host} cannot be resolved: ${messageOf(cause)}`, { cause });
  }
}
