/** By digest: a tag can be moved to another image, this cannot. */
const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;
const FROM = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;
const ARG = /^ARG\s+(\w+)=["']?([^\s"']+)["']?\s*$/i;
const COPY_FROM = /^(?:COPY|ADD)\s+(?:--\S+\s+)*?--from=(\S+)\s/i;

/**
 * The images that a Dockerfile takes something from, as it names them, with the defaults of its arguments filled in. Its own
 * stages are none, by name or number, and neither is `scratch`. An argument without a default stays as `${NAME}`.
 */
export function baseImages(dockerfile: string): string[] {
  const defaults = new Map<string, string>();
  const stages = new Set(['scratch']);
  const found = new Set<string>();
  let stageCount = 0;
  const take = (written: string): void => {
    const image = written.replace(
      /\$\{(\w+)\}|\$(\w+)/g,
      (whole: string, braced?: string, bare?: string) => defaults.get(braced ?? bare ?? '') ?? whole,
    );
    if (!stages.has(image.toLowerCase())) found.add(image);
  };
  for (const line of dockerfile.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const instruction = line.trim();
    const [, name, value] = ARG.exec(instruction) ?? [];
    // Only what stands before the first stage counts in FROM.
    if (name !== undefined && value !== undefined && stageCount === 0) defaults.set(name, value);
    const [, base, stage] = FROM.exec(instruction) ?? [];
    if (base !== undefined) {
      take(base);
      stages.add(String(stageCount++));
      if (stage !== undefined) stages.add(stage.toLowerCase());
    }
    const [, source] = COPY_FROM.exec(instruction) ?? [];
    if (source !== undefined) take(source);
  }
  return [...found];
}

/** Of those the ones that a registry could answer with another image tomorrow. */
export function unpinnedBases(dockerfile: string): string[] {
  return baseImages(dockerfile).filter((image) => !BY_DIGEST.test(image));
}
