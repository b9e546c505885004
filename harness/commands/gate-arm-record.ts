import type { GateArm } from '../model/gate-record.ts';
import type { TargetSpec } from '../model/target.ts';
import type { GateSide } from '../session/gate/ports.ts';

export type ArmKind = Exclude<GateArm['kind'], 'reference'>;

/** What the user named, understood but not yet made ready to start. */
export interface NamedArm {
  given: string;
  kind: ArmKind;
  /** The text without its prefix; of a ref, its commit. */
  value: string;
}

/** An arm that can be started, and what is to be undone when the gate ends. */
export interface PreparedArm {
  side: GateSide;
  arm: GateArm;
  cleanUp: () => Promise<void>;
}

/** The id of a server that is named by its command or image alone. */
export const AD_HOC_ID = 'server';

/** The target of a server that is named by its command or image alone. */
export function adHocSpec(
  folder: string,
  command: string[],
  image: string | null,
  scenarios: readonly string[],
): TargetSpec {
  return {
    id: AD_HOC_ID,
    name: AD_HOC_ID,
    language: 'own',
    framework: 'own',
    build: null,
    run: { command, env: {} },
    image,
    scenarios: [...scenarios],
    folder,
  };
}

/** An arm as the record keeps it; `commit` is that of a git ref. */
export async function describeArm(named: NamedArm, side: GateSide, commit: string | null): Promise<GateArm> {
  return {
    given: named.given,
    kind: named.kind,
    target: await side.launcher.describe(side.spec),
    command: side.spec.run.command,
    commit,
  };
}

/** The same arm with the hash of what the user named, where that is another than of what is started for it. */
export function withHash(arm: GateArm, artifactHash: string | null): GateArm {
  return { ...arm, target: { ...arm.target, artifactHash } };
}
