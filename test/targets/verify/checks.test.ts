import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../harness/base/clock.ts';
import type { RunningTarget } from '../../../harness/model/ports.ts';
import { type Check, runChecks } from '../../../harness/targets/verify/check.ts';
import {
  connectionClose,
  keepAlive,
  manyConnections,
  pipelining,
  splitRequest,
} from '../../../harness/targets/verify/connection-checks.ts';
import {
  exactFraming,
  exactResponse,
  head,
  identity,
  notFound,
} from '../../../harness/targets/verify/content-checks.ts';
import { termination } from '../../../harness/targets/verify/termination-check.ts';
import { never, payload, payloadScenario } from '../support/fixtures.ts';
import {
  contractAnswer,
  keepsContract,
  onRequests,
  responseBytes,
  type SeenRequest,
  targetAt,
  type WireServer,
  wireServer,
} from '../support/wire-server.ts';

const servers: WireServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** What a check finds on a server that treats connections like this; `null` is a pass. */
async function finding(
  check: Check,
  onConnection: (socket: Socket) => void,
  overrides: Partial<RunningTarget> = {},
): Promise<string | null> {
  const server = await wireServer(onConnection);
  servers.push(server);
  const [result] = await runChecks([check], targetAt(server.address, overrides), systemClock, never);
  expect(result?.id).toBe(check.id);
  return result?.result.kind === 'fail' ? result.result.detail : null;
}

/** A server that keeps the contract but for the answers that `replace` gives. */
function except(replace: (request: SeenRequest) => Buffer | null): (socket: Socket) => void {
  return (socket) =>
    onRequests(socket, (request) => {
      socket.write(replace(request) ?? contractAnswer(request));
      if (request.close) socket.end();
    });
}

const octets = { 'content-type': 'application/octet-stream' };

describe('a server that keeps the contract', () => {
  it.each([
    identity,
    exactResponse(payloadScenario),
    exactFraming(payloadScenario),
    head(payloadScenario),
    notFound,
    keepAlive(payloadScenario),
    connectionClose(payloadScenario),
    splitRequest(payloadScenario),
    pipelining(payloadScenario),
    manyConnections(payloadScenario),
    termination(systemClock),
  ])('passes $id', async (check) => {
    expect(await finding(check, keepsContract)).toBeNull();
  });
});

describe('identity', () => {
  it.each([
    ['answers 500', responseBytes('ok', {}, '500 No'), '/healthz answered 500'],
    ['says something else', responseBytes('fine'), '/healthz has body "fine", expected "ok"'],
    ['shows no witness', responseBytes('ok'), 'x-httpdyno-target is missing'],
  ])('F19 is refused to a server that %s', async (_what, answer, detail) => {
    const server = except(({ path }) => (path === '/healthz' ? answer : null));
    expect(await finding(identity, server)).toContain(detail);
  });

  it('F12 is refused to one that closes without an answer', async () => {
    expect(await finding(identity, (socket) => socket.on('data', () => socket.end()))).toContain(
      'connection closed',
    );
  });
});

describe('the exact response', () => {
  it('F04 is refused for one wrong byte', async () => {
    const wrong = Buffer.from(payload);
    wrong[0] = 0;
    const server = except(() => responseBytes(wrong, octets));
    expect(await finding(exactResponse(payloadScenario), server)).toContain('other bytes');
  });

  it('F04 is refused for another content type', async () => {
    const server = except(() => responseBytes(payload, { 'content-type': 'text/plain' }));
    expect(await finding(exactResponse(payloadScenario), server)).toContain('content-type is text/plain');
  });

  it('F13 is refused for a body that is cut off', async () => {
    const server = (socket: Socket): void =>
      onRequests(socket, () => socket.end(responseBytes(payload, octets).subarray(0, -1)));
    expect(await finding(exactResponse(payloadScenario), server)).toContain('after 1023 of 1024 body bytes');
  });

  it('is framed by content-length: chunks are told apart from it', async () => {
    const chunks = Buffer.concat([
      Buffer.from(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: application/octet-stream\r\n\r\n400\r\n',
      ),
      payload,
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    expect(
      await finding(
        exactResponse(payloadScenario),
        except(() => chunks),
      ),
    ).toBeNull();
    expect(
      await finding(
        exactFraming(payloadScenario),
        except(() => chunks),
      ),
    ).toBe('framed by chunked, expected content-length');
  });
});

describe('HEAD', () => {
  it('is refused to a server that sends the body', async () => {
    const server = except(({ method }) => (method === 'HEAD' ? responseBytes(payload, octets) : null));
    expect(await finding(head(payloadScenario), server)).toContain('not an HTTP/1.1 status line');
  });

  it('is refused to one that tells another length', async () => {
    const server = except(({ method }) => (method === 'HEAD' ? responseBytes('', octets) : null));
    expect(await finding(head(payloadScenario), server)).toBe('content-length is 0, expected 1024');
  });

  it('is refused to one that knows only GET', async () => {
    const server = except(({ method }) => (method === 'HEAD' ? responseBytes('', {}, '405 No') : null));
    expect(await finding(head(payloadScenario), server)).toBe('status 405');
  });
});

describe('404', () => {
  it('is refused to a server that answers every path', async () => {
    const server = except(({ path }) => (path === '/healthz' ? null : responseBytes('here')));
    expect(await finding(notFound, server)).toBe('/no-such-path answered 200');
  });

  it('is refused to one that closes after it', async () => {
    const server = (socket: Socket): void =>
      onRequests(socket, (request) => {
        if (request.path === '/healthz') return;
        socket.end(contractAnswer(request));
      });
    expect(await finding(notFound, server)).toContain('connection closed');
  });
});

describe('keep-alive', () => {
  it('is refused to a server that closes after each response', async () => {
    const server = (socket: Socket): void =>
      onRequests(socket, (request) => socket.end(contractAnswer(request)));
    expect(await finding(keepAlive(payloadScenario), server)).toContain('connection closed');
  });

  it('is refused to one that announces it will close', async () => {
    const server = except(() => responseBytes(payload, { ...octets, connection: 'close' }));
    expect(await finding(keepAlive(payloadScenario), server)).toBe('response 1 announces connection: close');
  });

  it('F14 is refused to one that sends more than was asked for', async () => {
    const answer = responseBytes(payload, octets);
    let count = 0;
    const server = except(() => (++count === 3 ? Buffer.concat([answer, Buffer.from('extra')]) : null));
    expect(await finding(keepAlive(payloadScenario), server)).toBe('5 bytes beyond the responses');
  });
});

describe('Connection: close', () => {
  it('is refused to a server that stays open', async () => {
    const server = (socket: Socket): void =>
      onRequests(socket, (request) => socket.write(contractAnswer(request)));
    expect(await finding(connectionClose(payloadScenario), server)).toBe(
      'still open 1000 ms after the response',
    );
  });
});

describe('a split request', () => {
  it('is refused to a server that takes each packet for a request', async () => {
    const server = (socket: Socket): void => {
      socket.on('data', (chunk) => {
        const whole = chunk.toString('latin1').endsWith('\r\n\r\n');
        socket.write(whole ? responseBytes(payload, octets) : responseBytes('', {}, '400 Bad Request'));
      });
    };
    expect(await finding(splitRequest(payloadScenario), server)).toBe(
      'sent byte by byte: status 400, expected 200',
    );
  });

  it('is refused to one that fails only where CR and LF are parted', async () => {
    const server = (socket: Socket): void => {
      let chunks: string[] = [];
      socket.on('data', (chunk) => {
        chunks.push(chunk.toString('latin1'));
        const joined = chunks.join('');
        if (!joined.endsWith('\r\n\r\n')) return;
        const parted = chunks.length === 2 && chunks[0]?.endsWith('\r') === true;
        chunks = [];
        socket.write(parted ? responseBytes('', {}, '400 Bad Request') : responseBytes(payload, octets));
      });
    };
    expect(await finding(splitRequest(payloadScenario), server)).toMatch(/^cut after byte \d+: status 400/);
  });
});

describe('pipelined requests', () => {
  it('are refused to a server that answers the first only', async () => {
    const server = (socket: Socket): void => {
      socket.once('data', () => socket.end(responseBytes(payload, octets)));
    };
    expect(await finding(pipelining(payloadScenario), server)).toContain('connection closed');
  });

  it('are refused to one that answers out of order', async () => {
    const server = (socket: Socket): void => {
      const held: Buffer[] = [];
      onRequests(socket, (request) => {
        held.push(contractAnswer(request));
        if (held.length === 16) for (const answer of held.toReversed()) socket.write(answer);
      });
    };
    expect(await finding(pipelining(payloadScenario), server)).toContain('out of order');
  });
});

describe('many connections', () => {
  it('are refused to a server that turns some away', async () => {
    let accepted = 0;
    const server = (socket: Socket): void => {
      if (++accepted > 200) socket.destroy();
      else keepsContract(socket);
    };
    expect(await finding(manyConnections(payloadScenario), server)).toMatch(
      /^0 refused, 56 answered wrongly \(/,
    );
  });

  it('are all open at the same time', async () => {
    let open = 0;
    let most = 0;
    const server = (socket: Socket): void => {
      most = Math.max(most, ++open);
      socket.on('close', () => open--);
      keepsContract(socket);
    };
    expect(await finding(manyConnections(payloadScenario), server)).toBeNull();
    expect(most).toBe(256);
  });
});

describe('SIGTERM', () => {
  it('F36 is refused to a target that had to be killed', async () => {
    const stop = async () => ({
      exit: { exitCode: null, signal: 'SIGKILL', oomKilled: false },
      killed: true,
    });
    expect(await finding(termination(systemClock), keepsContract, { stop })).toBe(
      'ignored SIGTERM for 2000 ms and was killed',
    );
  });

  it('finds an idle connection open when the target is asked to end', async () => {
    let open = 0;
    let openAtStop = 0;
    const stop: RunningTarget['stop'] = async () => {
      openAtStop = open;
      return { exit: { exitCode: 0, signal: null, oomKilled: false }, killed: false };
    };
    const server = (socket: Socket): void => {
      open++;
      socket.on('close', () => open--);
      keepsContract(socket);
    };
    expect(await finding(termination(systemClock), server, { stop })).toBeNull();
    expect(openAtStop).toBe(1);
  });
});

describe('checks', () => {
  it('are not asked after an abort', async () => {
    const server = await wireServer(keepsContract);
    servers.push(server);
    const [result] = await runChecks([identity], targetAt(server.address), systemClock, AbortSignal.abort());
    expect(result?.result).toEqual({ kind: 'fail', detail: 'interrupted' });
    expect(server.accepted()).toBe(0);
  });

  it('let an error of our own through: it is no finding about the target', async () => {
    const broken: Check = { id: 'x', title: 'x', run: () => Promise.reject(new TypeError('ours')) };
    await expect(
      runChecks([broken], targetAt({ host: '127.0.0.1', port: 1 }), systemClock, never),
    ).rejects.toThrow('ours');
  });
});
