import { InvalidArgumentError, Option } from 'commander';
import { judgeLoad } from '../analysis/load-reasons.ts';
import { loadReport } from '../analysis/load-report.ts';
import { EXIT, type ExitCode, HarnessError } from '../base/errors.ts';
import { freshSeed } from '../base/random.ts';
import { parseWith } from '../base/schema.ts';
import { formatMs, formatNumber } from '../base/units.ts';
import type { LoadRequest } from '../model/load.ts';
import type { LoadDriver, LoadProgress } from '../model/ports.ts';
import { isOnlyLimited } from '../model/reason.ts';
import { requestSchema } from '../model/scenario.ts';
import { renderLoad } from '../reporters/load-text.ts';
import type { CommandContext } from './context.ts';
import { type Destination, resolveDestination } from './destination.ts';
import { candidateDrivers } from './driver-choice.ts';
import { noteCaching, refuseCachingAudit } from './load-caching.ts';
import { loadDrivers } from './load-drivers.ts';
import { refuseTooManyConnections } from './preflight.ts';
import { durationIn, integerIn, type Register } from './program.ts';
import { CONSENT_PATH, refuseUnwanted } from './remote-consent.ts';

interface LoadOptions {
  connections: number;
  duration: number;
  amount?: number;
  workers: number;
  rate?: number;
  arrivals: 'constant' | 'poisson';
  warmup: number;
  driver: string;
  timeout: number;
  pipelining: number;
  method: string;
  header?: Record<string, string>;
  body?: string;
  perRequest?: true;
  cachingAudit?: true;
  iOwnThisTarget?: true;
  json?: true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('load')
    .description('one ad-hoc load on a URL of this machine')
    .argument('<url>', 'an http: URL on loopback')
    .option('-c, --connections <n>', 'connections', integerIn(1, 100_000), 10)
    .option('-d, --duration <time>', 'how long to measure', durationIn(100, 3_600_000), 10_000)
    .option('-a, --amount <n>', 'measure exactly this many requests instead', integerIn(1, 1_000_000_000))
    .option('-w, --workers <n>', 'load workers (threads)', integerIn(1, 256), 1)
    .option(
      '-R, --rate <n>',
      'open loop: requests a second, whatever the answers do',
      integerIn(1, 10_000_000),
    )
    .addOption(
      new Option('--arrivals <kind>', 'open loop: how requests are spaced')
        .choices(['constant', 'poisson'])
        .default('constant'),
    )
    .option('--warmup <time>', 'load before the measurement', durationIn(0, 600_000), 1_000)
    .option('--driver <id>', 'load driver: dyno, autocannon or wrk', 'dyno')
    .option('--timeout <time>', 'deadline of one request', durationIn(10, 600_000), 10_000)
    .option('-p, --pipelining <n>', 'requests in flight on one connection', integerIn(1, 1_000), 1)
    .option('-m, --method <name>', 'request method', 'GET')
    .option('-H, --header <name: value>', 'a request header; may be repeated', header)
    .option('-b, --body <text>', 'request body')
    .option('--per-request', 'a new connection for each request')
    .option(
      '--caching-audit',
      'before the load, compare with requests that each have a query of their own, and note a cache by path',
    )
    .option(
      '--i-own-this-target',
      `load a server of your own on another machine, which says so at ${CONSENT_PATH} (else at most 50 requests/s for 10 s)`,
    )
    .option('-j, --json', 'print the documented JSON object')
    .action(async (url: string, options: LoadOptions) => {
      outcome.code = await load(context, url, options);
    });
};

function header(text: string, previous: Record<string, string> | undefined): Record<string, string> {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('Must be "name: value".');
  return { ...previous, [text.slice(0, colon).trim()]: text.slice(colon + 1).trim() };
}

async function load(context: CommandContext, url: string, options: LoadOptions): Promise<ExitCode> {
  const destination = await resolveDestination(url, { remoteAllowed: options.iOwnThisTarget === true });
  const request = loadRequest(destination, options);
  refuseTooManyConnections(request.connections);
  if (destination.remote) await refuseUnwanted(request);
  const [driver] = await candidateDrivers(
    loadDrivers(context.clock),
    options.driver === 'auto' ? 'dyno' : options.driver,
  );
  refuseImpossible(driver, options);
  if (options.cachingAudit === true) refuseCachingAudit(driver, destination);
  const cached = options.cachingAudit === true ? await noteCaching(context, driver, request) : [];
  const progress = progressLine(context);
  const outcome = await driver.run(
    request,
    { window: () => undefined, progress: progress.show },
    context.interruption.signal,
  );
  progress.clear();
  if (outcome.kind === 'aborted') return EXIT.interrupted;
  if (outcome.kind === 'failed')
    throw new HarnessError('DRIVER_UNAVAILABLE', `${outcome.reason.code}: ${outcome.reason.detail}`);
  const { drainMs, pipelining } = request;
  const reasons = [...judgeLoad(outcome.result, { drainMs, pipelining }), ...cached];
  const report = loadReport(outcome.result, destination.url, reasons);
  context.out(options.json === true ? `${JSON.stringify(report)}\n` : renderLoad(report, context.terminal));
  return report.verdict === 'valid' || isOnlyLimited(reasons) ? EXIT.ok : EXIT.trials;
}

function loadRequest(destination: Destination, options: LoadOptions): LoadRequest {
  const { connections, amount } = options;
  if (amount !== undefined && connections > amount) {
    throw new HarnessError(
      'USAGE',
      `--connections: ${connections} are more than the ${amount} requests of --amount`,
    );
  }
  const { method, path, headers, body } = parseWith(
    requestSchema,
    {
      method: options.method.toUpperCase(),
      path: destination.path,
      headers: options.header ?? {},
      body: options.body ?? null,
    },
    'load',
    { code: 'USAGE' },
  );
  return {
    host: destination.address,
    port: destination.port,
    authority: destination.authority,
    method,
    path,
    headers,
    body,
    expected: { status: 200, bodyBytes: null, bodySha256: null },
    loop:
      options.rate === undefined
        ? { kind: 'closed' }
        : { kind: 'open', rateRps: options.rate, arrivals: options.arrivals },
    connections,
    workers: Math.min(options.workers, connections),
    pipelining: options.pipelining,
    connectionMode: options.perRequest === true ? 'per-request' : 'keep-alive',
    warmup: { minMs: options.warmup, maxMs: options.warmup },
    termination:
      amount === undefined
        ? { kind: 'duration', ms: options.duration }
        : { kind: 'amount', requests: amount },
    drainMs: options.timeout,
    requestTimeoutMs: options.timeout,
    seed: freshSeed(),
  };
}

function refuseImpossible(driver: LoadDriver, options: LoadOptions): void {
  const loop = options.rate === undefined ? 'closed' : 'open';
  if (!driver.loops.includes(loop)) {
    throw new HarnessError('USAGE', `--driver ${driver.id} cannot drive an ${loop} loop`, {
      fix: '--driver dyno, or no --rate',
    });
  }
  if (
    driver.id !== 'dyno' &&
    (options.pipelining > 1 || options.perRequest === true || options.amount !== undefined)
  ) {
    throw new HarnessError(
      'USAGE',
      `--driver ${driver.id} takes no --pipelining, --per-request or --amount`,
      { fix: '--driver dyno' },
    );
  }
}

/** One line on stderr that is rewritten in place; nothing where nobody watches. */
function progressLine(context: CommandContext): {
  show: (progress: LoadProgress) => void;
  clear: () => void;
} {
  const { interactive } = context.terminal;
  return {
    show: ({ phase, elapsedMs, throughputRps, latencyMeanUs }) => {
      if (!interactive) return;
      const latency = latencyMeanUs === null ? '' : `, mean ${formatNumber(latencyMeanUs)} µs`;
      context.err(
        `\r\u001b[K${phase} ${formatMs(elapsedMs)}: ${formatNumber(throughputRps)} req/s${latency}`,
      );
    },
    clear: () => {
      if (interactive) context.err('\r\u001b[K');
    },
  };
}
