import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, HarnessError } from '../base/errors.ts';
import { z } from '../base/schema.ts';
import { parseYaml } from '../base/yaml.ts';
import { type Waiver, waiverSchema } from '../model/gate-report.ts';
import type { CommandContext } from './context.ts';
import type { GateOptions } from './gate-options.ts';
import type { PreparedPairs } from './gate-pairs.ts';
import type { OwnProject } from './project-config.ts';

const waiverFileSchema = z.strictObject({ waivers: z.array(waiverSchema) });

/** The waivers of `--waivers`, else those of the project's own file. */
export async function readWaivers(
  context: CommandContext,
  { waivers }: Pick<GateOptions, 'waivers'>,
  own: OwnProject | null,
): Promise<Waiver[]> {
  if (waivers === undefined) return own?.waivers ?? [];
  const file = path.resolve(context.cwd, waivers);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new HarnessError('FILE_NOT_FOUND', `--waivers ${file}: ${errnoOf(cause) ?? 'unreadable'}`, {
      cause,
    });
  });
  return parseYaml(waiverFileSchema, text, file).waivers;
}

/** A waiver of a cell that is not there waives nothing: its names are wrong, unless flags left the cell out. */
export function strayWaivers(
  waivers: readonly Waiver[],
  { recorded, scenarios }: Pick<PreparedPairs, 'recorded' | 'scenarios'>,
  { target, scenario }: Pick<GateOptions, 'target' | 'scenario'>,
): string[] {
  if (target !== undefined || scenario !== undefined) return [];
  const isThere = ({ targetId, scenarioId }: Waiver): boolean =>
    recorded.some(({ id }) => id === targetId) && scenarios.some(({ id }) => id === scenarioId);
  const there = recorded.flatMap(({ id }) => scenarios.map((each) => `${id} ${each.id}`)).join(', ');
  return waivers
    .filter((waiver) => !isThere(waiver))
    .map(
      ({ targetId, scenarioId }) =>
        `the waiver of ${targetId} ${scenarioId} is of no cell of this run (${there})`,
    );
}
