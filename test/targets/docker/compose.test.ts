import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../harness/base/subprocess.ts';
import { parseYaml } from '../../../harness/base/yaml.ts';
import { parseWith, z } from '../../../harness/base/schema.ts';
import { pidsLimit, RESTRICTIONS } from '../../../harness/targets/docker/restrictions.ts';
import { runArguments } from '../../../harness/targets/docker/run-arguments.ts';
import { findTool } from '../../../harness/targets/toolchains.ts';
import { discoverTargets } from '../../../harness/targets/index.ts';
import { parseBytes } from '../../../harness/base/units.ts';
import { targetSpec } from '../../support/factories.ts';
import { launchOptions } from '../support/fixtures.ts';

const repository = path.join(import.meta.dirname, '../../..');
const file = path.join(repository, 'docker-compose.yml');
const text = readFileSync(file, 'utf8');

const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.string(),
  network_mode: z.string(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])),
  cpuset: z.string(),
  mem_limit: z.string(),
  memswap_limit: z.string(),
  pids_limit: z.number(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  read_only: z.boolean(),
  user: z.string(),
  stop_grace_period: z.string(),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  labels: z.record(z.string(), z.string()),
});

/** Merge keys (`<<`) are YAML 1.1, which Compose reads; the services are expanded by hand here. */
const composeSchema = z.looseObject({
  'x-target': z.record(z.string(), z.unknown()),
  services: z.record(z.string(), z.looseObject({ image: z.string(), build: z.string() })),
});

const compose = parseYaml(composeSchema, text, file);
const services = Object.entries(compose.services).map(([id, own]) => {
  const { '<<': merged, ...rest } = own;
  expect(merged).toEqual(compose['x-target']);
  return { id, service: parseWith(serviceSchema, { ...compose['x-target'], ...rest }, `${file}: ${id}`) };
});
const specs = await discoverTargets(path.join(repository, 'servers'));

describe('docker-compose.yml', () => {
  it('starts exactly the targets of servers/ that have an image, each with that image from that folder', () => {
    const withImage = specs.filter(({ image }) => image !== null);
    expect(services.map(({ id, service }) => [id, service.image, service.build])).toEqual(
      withImage.map(({ id, image }) => [id, image, `servers/${id}`]),
    );
  });

  it.each(services)('S4 gives $id the restrictions of the docker launcher', ({ id, service }) => {
    const spec = specs.find((one) => one.id === id);
    expect(service).toMatchObject({
      network_mode: RESTRICTIONS.network,
      user: RESTRICTIONS.user,
      cap_drop: [RESTRICTIONS.capDrop],
      security_opt: [RESTRICTIONS.securityOpt],
      pids_limit: spec === undefined ? 0 : pidsLimit(spec, { workers: 1 }),
      read_only: true,
      stop_grace_period: `${RESTRICTIONS.stopTimeoutS}s`,
      logging: { driver: RESTRICTIONS.logDriver, options: { 'max-size': RESTRICTIONS.logMaxSize } },
    });
    // Compose and docker read `1g` as 2^30.
    expect(parseBytes(service.mem_limit.replace(/g$/, 'GiB'))).toBe(RESTRICTIONS.memoryBytes);
    expect(service.memswap_limit).toBe(service.mem_limit);
  });

  it('S6 binds every target to loopback and publishes nothing', () => {
    for (const { service } of services) expect(service.environment['HOST']).toBe('127.0.0.1');
    expect(text).not.toMatch(/^\s*(ports|volumes|privileged):/m);
  });

  it('hands over the same variables as the launcher', () => {
    const address = { host: '127.0.0.1', port: 1 };
    const args = runArguments(targetSpec('x'), launchOptions(), {
      name: 'n',
      image: 'i',
      address,
      memoryBytes: 1,
      labels: {},
    });
    const names = args.flatMap((word) => /^--env=([^=]+)=/.exec(word)?.[1] ?? []);
    for (const { service } of services) expect(Object.keys(service.environment)).toEqual(names);
  });

  it('bears our label but no owner: what a person started by hand is never swept', () => {
    for (const { service } of services) expect(service.labels).toEqual({ 'io.httpdyno': '1' });
  });

  it('names no version and no project, so that old and new Compose take it', () => {
    expect(text).not.toMatch(/^(version|name):/m);
  });

  it('is accepted by the Compose that is installed here', async ({ skip }) => {
    const old = findTool('docker-compose') !== null;
    const command = old ? { file: 'docker-compose', args: [] } : { file: 'docker', args: ['compose'] };
    const known = await runCommand({ ...command, args: [...command.args, 'version'] }, { timeoutMs: 10_000 });
    if (known.exitCode !== 0) skip('no Compose is installed');
    const result = await runCommand(
      { ...command, args: [...command.args, '-f', file, 'config', '-q'] },
      { timeoutMs: 20_000 },
    );
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
