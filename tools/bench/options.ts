import { parseArgs } from 'node:util';
import { PARTS } from './parts/index.ts';
import type { RunOptions } from './run.ts';

/** A smoke test: it shows that everything runs, its figures say little. */
const QUICK = { rounds: 1, seconds: 1, manyConnections: 1_000 };
const FULL = { rounds: 5, seconds: 2, manyConnections: 10_000 };

export interface BenchArguments
  extends Pick<RunOptions, 'parts' | 'rounds' | 'seconds' | 'manyConnections' | 'port' | 'server'> {
  /** Folder of the records. */
  results: string;
}

/** @throws Error for an option or a part that does not exist. */
export function benchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      port: { type: 'string', default: '38917' },
      server: { type: 'string', default: 'servers/tokio/target/release/httpdyno-tokio' },
      out: { type: 'string', default: 'results/bench' },
    },
  });
  const preset = values.quick ? QUICK : FULL;
  return {
    parts: chosenParts(values.only),
    rounds: positive('--rounds', values.rounds, preset.rounds),
    seconds: positive('--seconds', values.seconds, preset.seconds),
    manyConnections: preset.manyConnections,
    port: positive('--port', values.port, 0),
    server: values.server,
    results: values.out,
  };
}

function chosenParts(only: string | undefined): typeof PARTS {
  if (only === undefined) return PARTS;
  const ids = only.split(',');
  const unknown = ids.find((id) => !PARTS.some((part) => part.id === id));
  if (unknown !== undefined)
    throw new Error(`--only: no part "${unknown}" (there are ${PARTS.map(({ id }) => id).join(', ')})`);
  return PARTS.filter(({ id }) => ids.includes(id));
}

function positive(flag: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag}: not a positive integer: ${text}`);
  return value;
}
