import { spawnSync } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askConsent, consentToken, refuseUnwanted } from '../../harness/commands/remote-consent.ts';
import type { LoadRequest } from '../../harness/model/load.ts';
import { loadRequestOf } from '../../harness/session/load-request.ts';
import { scenario } from '../support/factories.ts';
import { needsNetworkNamespace } from '../support/privileged.ts';

const REMOTE = { host: '203.0.113.9', port: 80 };
const TOKEN = consentToken(REMOTE.host, REMOTE.port);

function load(change: Partial<LoadRequest> = {}): LoadRequest {
  return { ...loadRequestOf(scenario(), REMOTE, { workers: 1, seed: 1 }), connections: 10, ...change };
}

const gentle = load({
  loop: { kind: 'open', rateRps: 50, arrivals: 'constant' },
  warmup: { minMs: 1_000, maxMs: 1_000 },
  termination: { kind: 'duration', ms: 9_000 },
});

const refused = expect.objectContaining({ code: 'URL_REFUSED', exitCode: 2 });

describe('S2 a load on another machine', () => {
  it('goes there with the consent of the very address and port, asked for each time', async () => {
    let asked = 0;
    const consenting = async (): Promise<string> => {
      asked++;
      return `${TOKEN}\n`;
    };
    await refuseUnwanted(load(), consenting);
    await refuseUnwanted(load(), consenting);
    expect(asked).toBe(2);
  });

  it.each([null, '', 'ok', consentToken('203.0.113.9', 81), `${TOKEN} and others`, `<html>${TOKEN}</html>`])(
    'is refused where the target answers %j',
    async (answer) => {
      await expect(refuseUnwanted(load(), async () => answer)).rejects.toThrow(refused);
    },
  );

  it('goes there without consent up to the cap', async () => {
    await expect(refuseUnwanted(gentle, async () => null)).resolves.toBeUndefined();
    await expect(
      refuseUnwanted({ ...gentle, termination: { kind: 'amount', requests: 450 } }, async () => null),
    ).resolves.toBeUndefined();
  });

  it.each<[string, Partial<LoadRequest>]>([
    ['a closed loop', { loop: { kind: 'closed' } }],
    ['51 requests a second', { loop: { kind: 'open', rateRps: 51, arrivals: 'constant' } }],
    ['more than 10 s with the warm-up', { termination: { kind: 'duration', ms: 9_001 } }],
    ['more requests than 10 s take', { termination: { kind: 'amount', requests: 451 } }],
    ['51 connections', { connections: 51 }],
  ])('is refused without consent for %s', async (_, change) => {
    await expect(refuseUnwanted({ ...gentle, ...change }, async () => null)).rejects.toThrow(refused);
  });
});

async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('S2 the question for consent', () => {
  it('is one request at the well-known path', async () => {
    const paths: (string | undefined)[] = [];
    const port = await serving((request, response) => {
      paths.push(request.url);
      response.end('yes');
    });
    expect(await askConsent('127.0.0.1', port)).toBe('yes');
    expect(paths).toEqual(['/.well-known/httpdyno-consent']);
  });

  it('is asked by the name that the load will use, at the address that was checked', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await serving((request, response) => {
      hosts.push(request.headers.host);
      response.end('yes');
    });
    const seen: (string | undefined)[] = [];
    await refuseUnwanted(load({ authority: 'shop.test' }), async (address, _, authority) => {
      seen.push(address, authority);
      return TOKEN;
    });
    expect(seen).toEqual([REMOTE.host, 'shop.test']);
    expect(await askConsent('127.0.0.1', port, 'shop.test')).toBe('yes');
    expect(await askConsent('127.0.0.1', port)).toBe('yes');
    expect(hosts).toEqual(['shop.test', `127.0.0.1:${port}`]);
  });

  it('is answered for one name only: a server beside it at the same address does not speak for it', async () => {
    const port = await serving((request, response) => {
      const mine = request.headers.host === 'mine.test';
      response.writeHead(mine ? 200 : 404).end(mine ? consentToken('127.0.0.1', port) : '');
    });
    const to = (authority: string): LoadRequest => load({ host: '127.0.0.1', port, authority });
    await expect(refuseUnwanted(to('mine.test'))).resolves.toBeUndefined();
    await expect(refuseUnwanted(to('theirs.test'))).rejects.toThrow(refused);
  });

  it('follows no redirect, and takes nothing but 200 for an answer', async () => {
    const seen: (string | undefined)[] = [];
    const port = await serving((request, response) => {
      seen.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end(TOKEN);
    });
    expect(await askConsent('127.0.0.1', port)).toBeNull();
    expect(seen).toHaveLength(1);
  });

  it('reads little of an endless answer', async () => {
    const port = await serving((_, response) => {
      const more = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.once('close', () => clearInterval(more));
    });
    expect(await askConsent('127.0.0.1', port)).toBeNull();
  });

  it('is null where nobody listens', async () => {
    expect(await askConsent('127.0.0.1', 9)).toBeNull();
  });
});

describe('S2 on the command line', () => {
  it('a server in a namespace of its own is loaded with flag and token, and not without', {
    timeout: 60_000,
  }, (context) => {
    needsNetworkNamespace(context);
    const fixture = path.join(import.meta.dirname, 'fixtures', 'remote-target.ts');
    const { stdout, stderr } = spawnSync('unshare', ['--net', process.execPath, fixture], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(JSON.parse(stdout), stderr).toEqual([
      { how: 'no flag', code: 2, requests: 0 },
      { how: 'flag, no token', code: 2, requests: 0 },
      {
        how: 'flag, no token, gentle',
        code: expect.toSatisfy((code) => code === 0 || code === 3),
        requests: 5,
      },
      { how: 'flag and token', code: expect.toSatisfy((code) => code === 0 || code === 3), requests: 200 },
      { how: 'token withdrawn', code: 2, requests: 0 },
    ]);
  });
});
