import type { Session } from '../model/session.ts';

/** One thing that a reproduction must share with its original before their figures say anything. */
export interface ExperimentPart {
  what: string;
  original: string;
  reproduced: string;
  same: boolean;
}

/** Words of a container's command that are made anew for each start: names, ports, witnesses, owners. */
const MADE_ANEW =
  /^--(?:host=|name=|env=(?:PORT|HTTPDYNO_NONCE)=|label=io\.httpdyno\.(?:owner|session)=|cidfile=)/;

/**
 * What was run, both times: the artifact of each target (image digest or hash of the binary), the command that started it,
 * the seed and the order of the trials, and which httpdyno. Shares are compared by text; null is `unknown`, never the same.
 */
export function experimentParts(original: Session, reproduced: Session): ExperimentPart[] {
  const targets = original.targets.flatMap(({ id, launcher, artifactHash }) => {
    const again = reproduced.targets.find((target) => target.id === id);
    const artifact = launcher === 'docker' ? 'image digest' : 'binary hash';
    return [
      part(`${artifact} of ${id}`, artifactHash, again?.artifactHash),
      part(`command of ${id}`, commandOf(original, id), commandOf(reproduced, id)),
    ];
  });
  return [
    ...targets,
    part('seed', String(original.plan.seed), String(reproduced.plan.seed)),
    part('order of the trials', orderOf(original), orderOf(reproduced)),
    part('httpdyno', versionOf(original), versionOf(reproduced)),
  ];
}

function part(what: string, original: string | null, reproduced: string | null | undefined): ExperimentPart {
  return {
    what,
    original: original ?? 'unknown',
    reproduced: reproduced ?? 'unknown',
    same: original !== null && original === reproduced,
  };
}

/** Of the first trial that started it; the same in all of them but for what is made anew. */
function commandOf({ trials }: Session, targetId: string): string | null {
  const argv = trials.find((trial) => trial.targetId === targetId && trial.argv.length > 0)?.argv;
  return argv?.filter((word) => !MADE_ANEW.test(word)).join(' ') ?? null;
}

function orderOf({ plan }: Session): string {
  return plan.trials.map(({ targetId, scenarioId }) => `${targetId}/${scenarioId}`).join(' ');
}

function versionOf({ harnessVersion, environment }: Session): string {
  const commit = environment.gitCommit;
  return commit === null ? harnessVersion : `${harnessVersion} at ${commit.slice(0, 12)}`;
}

/** A line a part: what is the same in short, what is not with both sides. */
export function experimentLines(parts: readonly ExperimentPart[]): string[] {
  return parts.map(({ what, original, reproduced, same }) =>
    same ? `= ${what}: ${shortened(original)}` : `! ${what} differs: ${original} before, ${reproduced} now`,
  );
}

const SHOWN = 80;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
