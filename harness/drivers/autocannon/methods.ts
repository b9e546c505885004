const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods that autocannon can load with. It waits for the body of a HEAD response, which never comes. */
export function methodOf(method: string): (typeof METHODS)[number] {
  const known = METHODS.find((candidate) => candidate === method);
  if (known === undefined) throw new Error(`autocannon cannot load with ${method}`);
  return known;
}

export function isLoadable(method: string): boolean {
  return METHODS.some((candidate) => candidate === method);
}
