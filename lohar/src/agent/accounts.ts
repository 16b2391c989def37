/** Users and groups as /etc/passwd and /etc/group have them: passwd(5), group(5). */
import type { Sys } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { ParsedFile } from './parsed-file.ts';

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
type Membership = ReadonlyMap<string, readonly number[]>;

/** Users by name and by number; a name that looks like a number is a name. Lines that are not whole are left out. */
export function parseUsers(passwd: string): ReadonlyMap<string, Entry> {
  const users = new Map<string, Entry>();
  const entries = passwd.split('\n').flatMap(parseUser);
  for (const entry of entries) if (!users.has(entry.name)) users.set(entry.name, entry);
  for (const entry of entries) if (!users.has(String(entry.uid))) users.set(String(entry.uid), entry);
  return users;
}

function parseUser(line: string): Entry[] {
  const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
  if (name === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' }];
}

/** Numbers of the groups whose member list names a user. */
export function parseGroups(group: string): Membership {
  const byUser = new Map<string, number[]>();
  for (const line of group.split('\n')) {
    const [, , gid = '', members = ''] = line.split(':');
    if (members === '' || !/^\d+$/.test(gid)) continue;
    for (const member of members.split(',')) byUser.set(member, [...(byUser.get(member) ?? []), Number(gid)]);
  }
  return byUser;
}

/** The primary group first, then those that list the user, each once. */
export function groupsOf(membership: Membership, user: string, primary: number): number[] {
  return [...new Set([primary, ...(membership.get(user) ?? [])])].slice(0, GROUPS_MAX);
}

/** Looks accounts up, in what the files hold now. */
export class Accounts {
  readonly #passwd: ParsedFile<ReadonlyMap<string, Entry>>;
  readonly #groups: ParsedFile<Membership>;

  constructor(sys: Sys) {
    this.#passwd = new ParsedFile(sys, '/etc/passwd', FILE_SIZE_MAX, parseUsers);
    this.#groups = new ParsedFile(sys, '/etc/group', FILE_SIZE_MAX, parseGroups);
  }

  /**
   * @param otherwise the user when there is none of that name
   * @throws BhattiError exec.no-user
   */
  find(user: string, otherwise?: () => string): Account {
    const users = this.#passwd.get();
    const entry = users.get(user) ?? (otherwise && users.get(otherwise()));
    if (entry) return { ...entry, groups: groupsOf(this.#groups.get(), entry.name, entry.gid) };
    throw new BhattiError('exec.no-user', `cannot act as user ${user}: the sandbox has no such user`, {
      remedy: 'bhatti exec SANDBOX --user root -- cut -d: -f1 /etc/passwd',
    });
  }
}
