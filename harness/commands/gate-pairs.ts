import path from 'node:path';
import { HarnessError } from '../base/errors.ts';
import type { GateRecord } from '../model/gate-record.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TargetSpec } from '../model/target.ts';
import type { GatePair } from '../session/gate/ports.ts';
import { readScenarios } from '../store/scenario-files.ts';
import type { Adapters } from './adapters.ts';
import type { CommandContext } from './context.ts';
import { AD_HOC_ID, type NamedArm, type PreparedArm } from './gate-arm-record.ts';
import { type ArmWorld, nameArm, prepareArm } from './gate-arms.ts';
import type { GateOptions } from './gate-options.ts';
import { learnScenarios, scenarioIdOf } from './gate-scenarios.ts';
import type { OwnProject } from './project-config.ts';
import { selectById } from './selection.ts';

/** Everything that a gate runs on, and how to clean up after it. */
export interface PreparedPairs {
  pairs: GatePair[];
  recorded: GateRecord['pairs'];
  scenarios: Scenario[];
  warnings: string[];
  cleanUp(): Promise<void>;
}

export interface PairRequest {
  context: CommandContext;
  adapters: Adapters;
  own: OwnProject | null;
  options: GateOptions;
  /** WORKERS of a target. */
  workers: number;
  base: string;
  head: string;
}

/** Understands both arms and makes them ready to start; what was made for them is undone where that fails. */
export async function preparePairs(request: PairRequest): Promise<PreparedPairs> {
  const { context, adapters, own, options } = request;
  const specs = await adapters.discover();
  const adHocPaths = options.path ?? ['/'];
  const named = {
    base: await nameArm(request.base, { context, specs }),
    head: await nameArm(request.head, { context, specs }),
  };
  const subjects = subjectsOf(named, specs, own, options);
  const known = await knownScenarios(context, own);
  const world: ArmWorld = {
    context,
    adapters,
    launcher: options.launcher,
    build: options.build,
    specs,
    adHocScenarios: subjects[0]?.scenarios ?? adHocPaths.map(scenarioIdOf),
  };
  const prepared: PreparedArm[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const { cleanUp: undo } of prepared.splice(0)) await undo();
  };
  try {
    const pairs: { id: string; base: PreparedArm; head: PreparedArm }[] = [];
    for (const subject of subjects.length === 0 ? [null] : subjects) {
      const base = await prepareArm(named.base, subject, world);
      prepared.push(base);
      const head = await prepareArm(named.head, subject, world);
      prepared.push(head);
      pairs.push({ id: subject?.id ?? AD_HOC_ID, base, head });
    }
    return { ...(await withScenarios(pairs, subjects, known, request)), cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** The targets that the gate is about: those that an arm names, or those that git refs are to be built for. */
function subjectsOf(
  { base, head }: { base: NamedArm; head: NamedArm },
  specs: readonly TargetSpec[],
  own: OwnProject | null,
  options: GateOptions,
): TargetSpec[] {
  const byName = [head, base].flatMap(({ kind, value }) => (kind === 'target' ? [value] : []));
  const [first] = byName;
  if (first !== undefined) return selectById(specs, [first], '--head', 'TARGET_UNKNOWN');
  if (base.kind !== 'ref' && head.kind !== 'ref') return [];
  if (options.target !== undefined) return selectById(specs, options.target, '--target', 'TARGET_UNKNOWN');
  if (own !== null) return own.targets.map(({ spec }) => spec);
  throw new HarnessError('USAGE', 'a git ref says when, not what: which target is to be built?', {
    fix: '--target <id>, or `httpdyno init` for a server of your own',
  });
}

async function knownScenarios(context: CommandContext, own: OwnProject | null): Promise<Scenario[]> {
  const shipped = await readScenarios(path.join(context.project, 'scenarios')).catch((error: unknown) => {
    if (own === null) throw error;
    return [];
  });
  const ids = new Set(own?.scenarios.map(({ id }) => id));
  return [...(own?.scenarios ?? []), ...shipped.filter(({ id }) => !ids.has(id))];
}

async function withScenarios(
  pairs: readonly { id: string; base: PreparedArm; head: PreparedArm }[],
  subjects: readonly TargetSpec[],
  known: readonly Scenario[],
  { context, options, workers }: PairRequest,
): Promise<Omit<PreparedPairs, 'cleanUp'>> {
  const [only] = pairs;
  const served = new Set(subjects.flatMap(({ scenarios }) => scenarios));
  const { scenarios, warnings } =
    subjects.length > 0 || only === undefined
      ? { scenarios: known.filter(({ id }) => served.has(id)), warnings: [] }
      : await learnScenarios(
          options.path ?? ['/'],
          { base: only.base.side, head: only.head.side },
          { readyTimeoutMs: options.readyTimeout, workers },
          context,
        );
  const chosen = selectById(scenarios, options.scenario, '--scenario', 'SCENARIO_UNKNOWN');
  if (chosen.length === 0)
    throw new HarnessError('NOTHING_TO_RUN', 'the targets serve none of the scenarios');
  return {
    pairs: pairs.map(({ id, base, head }) => ({ id, base: base.side, head: head.side })),
    recorded: pairs.map(({ id, base, head }) => ({ id, base: base.arm, head: head.arm })),
    scenarios: chosen.map((scenario) => ({
      ...scenario,
      connections: options.connections ?? scenario.connections,
    })),
    warnings,
  };
}
