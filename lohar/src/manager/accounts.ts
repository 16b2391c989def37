/** Users and groups of /etc/passwd and /etc/group, for processes of services: passwd(5), group(5). */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';

const FILE_SIZE_MAX = 4 * 1024 * 1024;
/** NGROUPS_MAX */
const GROUPS_MAX = 65_536;

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export class Accounts {
  readonly #sys: Pick<Sys, 'readFile' | 'decode'>;

  constructor(sys: Pick<Sys, 'readFile' | 'decode'>) {
    this.#sys = sys;
  }

  /** By name or number; null when there is no such account. */
  user(wanted: string): User | null {
    for (const fields of this.#lines('/etc/passwd')) {
      const [name = '', , uid = '', gid = '', , home = '', shell = ''] = fields;
      if ((name === wanted || uid === wanted) && /^\d+$/.test(uid) && /^\d+$/.test(gid))
        return { name, uid: Number(uid), gid: Number(gid), home, shell };
    }
    return null;
  }

  /** A number need not have a name. */
  group(wanted: string): number | null {
    for (const [name, , gid = ''] of this.#lines('/etc/group'))
      if ((name === wanted || gid === wanted) && /^\d+$/.test(gid)) return Number(gid);
    return null;
  }

  groupName(gid: number): string | null {
    return this.#lines('/etc/group').find((fields) => fields[2] === String(gid))?.[0] ?? null;
  }

  /** The primary group and all that list the user. */
  groupsOf(name: string, primary: number): number[] {
    const found = new Set([primary]);
    for (const [, , gid = '', members = ''] of this.#lines('/etc/group'))
      if (/^\d+$/.test(gid) && members.split(',').includes(name) && found.size < GROUPS_MAX) found.add(Number(gid));
    return [...found];
  }

  #lines(path: string): string[][] {
    try {
      const text = this.#sys.decode(this.#sys.readFile(path, FILE_SIZE_MAX));
      return text.split('\n').map((line) => line.split(':'));
    } catch (error) {
      if (error instanceof SysError) return [];
      throw error;
    }
  }
}
