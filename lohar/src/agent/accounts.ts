/** Users and groups as /etc/passwd and /etc/group have them: passwd(5), group(5). */
import type { Stat, Sys } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';

const FILE_SIZE_MAX = 4 * 1024 * 1024;
/** NGROUPS_MAX of Linux. */
const GROUPS_MAX = 65536;

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** Supplementary groups, the primary one included: initgroups(3). */
  readonly groups: readonly number[];
}

type Entry = Omit<Account, 'groups'>;

/** Finds a user by name, else by number. Lines that are not whole are left out, as libc does. */
export function findUser(passwd: string, wanted: string): Entry | null {
  const entries = passwd.split('\n').flatMap(parseUser);
  const byName = entries.find((entry) => entry.name === wanted);
  if (byName || !/^\d{1,10}$/.test(wanted)) return byName ?? null;
  return entries.find((entry) => entry.uid === Number(wanted)) ?? null;
}

function parseUser(line: string): Entry[] {
  const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
  if (name === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' }];
}

/** The groups whose member lists name the user, after `primary`. */
export function groupsOf(group: string, user: string, primary: number): number[] {
  const found = new Set([primary]);
  for (const line of group.split('\n')) {
    const [, , gid = '', members = ''] = line.split(':');
    if (/^\d+$/.test(gid) && members.split(',').includes(user)) found.add(Number(gid));
    if (found.size >= GROUPS_MAX) break;
  }
  return [...found];
}

/** Looks accounts up; reads the files again when they have changed. */
export class Accounts {
  readonly #sys: Sys;
  readonly #files = new Map<string, { stamp: string; text: string }>();

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** @throws BhattiError exec.no-user */
  find(user: string): Account {
    const entry = findUser(this.#text('/etc/passwd'), user);
    if (!entry) {
      throw new BhattiError('exec.no-user', `cannot act as user ${user}: the sandbox has no such user`, {
        remedy: 'bhatti exec SANDBOX --user root -- cut -d: -f1 /etc/passwd',
      });
    }
    return { ...entry, groups: groupsOf(this.#text('/etc/group'), entry.name, entry.gid) };
  }

  #text(path: string): string {
    const sys = this.#sys;
    if (!sys.access(path, 0)) return '';
    const stamp = stampOf(sys.stat(path));
    const known = this.#files.get(path);
    if (known?.stamp === stamp) return known.text;
    const text = sys.decode(sys.readFile(path, FILE_SIZE_MAX));
    this.#files.set(path, { stamp, text });
    return text;
  }
}

function stampOf({ id, size, mtimeMs, ctimeMs }: Stat): string {
  return `${id} ${size} ${mtimeMs} ${ctimeMs}`;
}
