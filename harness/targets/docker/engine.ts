import { Agent, request } from 'undici';
import { messageOf } from '../../base/errors.ts';
import { parseWith, z } from '../../base/schema.ts';
import { runCommand } from '../../base/subprocess.ts';

/** The engine did not answer, or answered what no engine should. A fact of the machine, handled by the launcher. */
export class EngineError extends Error {
  /** HTTP status of the answer, null where there was none. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.name = 'EngineError';
    this.status = status;
  }
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
const ANSWER_TIMEOUT_MS = 2_000;
const REMOVE_TIMEOUT_MS = 15_000;

const containerSchema = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean(), OOMKilled: z.boolean(), ExitCode: z.int(), Pid: z.int() }),
});
export type ContainerState = z.infer<typeof containerSchema>['State'];

const listSchema = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
);
export type ListedContainer = z.infer<typeof listSchema>[number];

const imageSchema = z.object({
  Id: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export interface ImageInfo {
  id: string;
  labels: Readonly<Record<string, string>>;
}

/** The Docker Engine API over its unix socket, as far as targets need it. Every call but `wait` and `followLogs` is bounded in time. */
export class DockerEngine {
  readonly socketPath: string;
  readonly #agent: Agent;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#agent = new Agent({ connect: { socketPath, timeout: ANSWER_TIMEOUT_MS } });
  }

  /** Null when the engine answers within 2 s, else one sentence. */
  async unavailable(): Promise<string | null> {
    try {
      await this.#call('GET', '/_ping');
      return null;
    } catch (error) {
      return `no container engine answers at ${this.socketPath} (${messageOf(error)}): start it, or use --launcher process`;
    }
  }

  async inspect(containerId: string): Promise<ContainerState> {
    const json: unknown = JSON.parse(await this.#call('GET', `/containers/${containerId}/json`));
    return parseWith(containerSchema, json, 'engine: container').State;
  }

  /** Null where there is no such image. */
  async image(reference: string): Promise<ImageInfo | null> {
    try {
      const json: unknown = JSON.parse(await this.#call('GET', `/images/${reference}/json`));
      const { Id, Config } = parseWith(imageSchema, json, 'engine: image');
      return { id: Id, labels: Config?.Labels ?? {} };
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return null;
      throw error;
    }
  }

  /** Containers in any state that bear a label. */
  async containersWith(label: string): Promise<ListedContainer[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const json: unknown = JSON.parse(await this.#call('GET', `/containers/json?all=1&filters=${filters}`));
    return parseWith(listSchema, json, 'engine: containers');
  }

  async signal(containerId: string, signal: NodeJS.Signals): Promise<void> {
    await this.#call('POST', `/containers/${containerId}/kill?signal=${signal}`);
  }

  /** Removes a container whatever its state; one that is gone already is fine. */
  async remove(containerId: string): Promise<void> {
    try {
      await this.#call('DELETE', `/containers/${containerId}?force=1&v=1`, REMOVE_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof EngineError && error.status === 404)) throw error;
    }
  }

  /** Resolves when the container is not running any more. */
  async wait(containerId: string): Promise<void> {
    await this.#call('POST', `/containers/${containerId}/wait`, 0);
  }

  /** Hands over what the container logs, from its beginning, until it ends. */
  async followLogs(containerId: string, onOutput: (chunk: Uint8Array) => void): Promise<void> {
    const path = `/containers/${containerId}/logs?follow=1&stdout=1&stderr=1`;
    const response = await request(`http://engine${path}`, {
      dispatcher: this.#agent,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const frames = new LogFrames(onOutput);
    for await (const chunk of response.body)
      frames.push(parseWith(z.instanceof(Buffer), chunk, 'engine: logs'));
  }

  async #call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<string> {
    try {
      const response = await request(`http://engine${path}`, {
        method,
        dispatcher: this.#agent,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const text = await response.body.text();
      if (response.statusCode < 400) return text;
      throw new EngineError(
        `${method} ${path.split('?')[0]}: ${response.statusCode} ${text.slice(0, 200)}`,
        response.statusCode,
      );
    } catch (error) {
      throw error instanceof EngineError ? error : new EngineError(messageOf(error));
    }
  }
}

const FRAME_HEADER_BYTES = 8;

/** Takes the engine's log stream apart: frames of 8 bytes of header (stream, 0, 0, 0, length) and as many bytes of text. */
export class LogFrames {
  readonly #onOutput: (chunk: Uint8Array) => void;
  #header = Buffer.alloc(0);
  #payloadLeft = 0;

  constructor(onOutput: (chunk: Uint8Array) => void) {
    this.#onOutput = onOutput;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#payloadLeft === 0) {
        const missing = FRAME_HEADER_BYTES - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#header.length < FRAME_HEADER_BYTES) return;
        this.#payloadLeft = this.#header.readUInt32BE(4);
        this.#header = Buffer.alloc(0);
      }
      const payload = rest.subarray(0, this.#payloadLeft);
      if (payload.length > 0) this.#onOutput(payload);
      this.#payloadLeft -= payload.length;
      rest = rest.subarray(payload.length);
    }
  }
}

/** The unix socket that the docker command would use: DOCKER_HOST, the current context, or the usual place. */
export async function engineSocket(): Promise<string> {
  const fromEnvironment = process.env['DOCKER_HOST'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return socketOf(fromEnvironment);
  const context = await runCommand(
    { file: 'docker', args: ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'] },
    { timeoutMs: ANSWER_TIMEOUT_MS },
  );
  return context.exitCode === 0 ? socketOf(context.stdout.trim()) : DEFAULT_SOCKET;
}

/** Only a local engine shares our network and our cgroups; for any other the address itself fails with its name in the message. */
function socketOf(host: string): string {
  return host.startsWith('unix://') ? host.slice('unix://'.length) : host || DEFAULT_SOCKET;
}
