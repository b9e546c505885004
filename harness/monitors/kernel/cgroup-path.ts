import { posix } from 'node:path';
import type { KernelFiles } from './kernel-files.ts';
import { Unreadable } from './readable.ts';

export type Controller = 'cpu' | 'cpuacct' | 'memory';

export interface CgroupFolder {
  version: 1 | 2;
  path: string;
}

interface CgroupMount {
  version: 1 | 2;
  /** The part of the hierarchy that is mounted; more than `/` inside a container. */
  root: string;
  mountPoint: string;
  controllers: string[];
}

/**
 * Where the control group of a process accounts for one controller. In a hybrid layout each controller has its own
 * answer: v1 where a v1 hierarchy carries it, else v2.
 */
export function locateCgroup(files: KernelFiles, pid: number, controller: Controller): CgroupFolder {
  const mounts = parseCgroupMounts(files.text('/proc/self/mountinfo'));
  const memberships = parseMemberships(files.text(`/proc/${pid}/cgroup`));
  const v1 = mounts.find((mount) => mount.controllers.includes(controller));
  const mount = v1 ?? mounts.find(({ version }) => version === 2);
  if (mount === undefined) throw new Unreadable(`no control group hierarchy with ${controller} is mounted`);
  const path = memberships.get(mount.version === 1 ? controller : '');
  if (path === undefined) throw new Unreadable(`process ${pid} is in no ${controller} control group`);
  return { version: mount.version, path: withinMount(mount, path) };
}

function withinMount({ root, mountPoint }: CgroupMount, path: string): string {
  if (root === '/') return posix.join(mountPoint, path);
  if (path !== root && !path.startsWith(`${root}/`)) {
    throw new Unreadable(`control group ${path} lies outside of what is mounted at ${mountPoint}`);
  }
  return posix.join(mountPoint, path.slice(root.length));
}

/** Lines of mountinfo (proc_pid_mountinfo(5)): `id parent major:minor root mountPoint options [tags] - type source superOptions`. */
function parseCgroupMounts(text: string): CgroupMount[] {
  return text.split('\n').flatMap((line): CgroupMount[] => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '/', mountPoint = '/'] = left.split(' ').map(unescapeOctal);
    const [type = '', , superOptions = ''] = right.split(' ');
    if (type === 'cgroup2') return [{ version: 2, root, mountPoint, controllers: [] }];
    if (type === 'cgroup') return [{ version: 1, root, mountPoint, controllers: superOptions.split(',') }];
    return [];
  });
}

/** Path by v1 controller; the v2 path under the empty name. Lines are `id:controllers:path`. */
function parseMemberships(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    for (const name of match?.[1]?.split(',') ?? []) paths.set(name, match?.[2] ?? '/');
  }
  return paths;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
