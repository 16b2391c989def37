/** As whom a command runs: User=, Group=, SupplementaryGroups=, DynamicUser=, and the prefixes that change it. */

import type { Settings } from '../../unit/directive/tables.ts';
import type { Command } from '../../unit/exec/command.ts';
import { prefixOf } from '../../unit/name.ts';
import type { Accounts, User } from '../accounts.ts';
import { StepFailed } from './step-failed.ts';

const EXIT_GROUP = 216;
const EXIT_USER = 217;
/** DynamicUser= takes its numbers from here (systemd.exec(5)). */
const DYNAMIC_FIRST = 61_184;
const DYNAMIC_LAST = 65_519;

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** null: no User= is set, and HOME and the like are not either. */
  readonly user: { readonly name: string; readonly home: string; readonly shell: string } | null;
  /** Are credentials changed at all before exec? */
  readonly switches: boolean;
  readonly dynamic: boolean;
}

const ROOT: Identity = { uid: 0, gid: 0, groups: [], user: null, switches: false, dynamic: false };

/** With PermissionsStartOnly= (of old units: tor, mariadb) all but ExecStart= run as if written with `+` (service.c). */
export function privilegedBeside(kind: string, command: Command, { PermissionsStartOnly: only }: Settings): Command {
  return only && kind !== 'ExecStart' ? { ...command, privileges: '+' } : command;
}

/** @throws StepFailed 216 and 217 */
export function identityOf(unitId: string, settings: Settings, command: Command, accounts: Accounts): Identity {
  const named = withUser(unitId, settings, accounts);
  // `+` and `!` leave root as it is; the variables still speak of the user (line 46).
  const privileged = command.privileges === '+' || command.privileges === '!';
  if (privileged) return { ...ROOT, user: named.user };
  return named;
}

function withUser(unitId: string, settings: Settings, accounts: Accounts): Identity {
  const user = settings.User === '' ? dynamicName(unitId, settings) : settings.User;
  if (user === '' && settings.Group === '' && settings.SupplementaryGroups.length === 0) return ROOT;
  const account = user === '' ? null : accountOf(user, settings, accounts);
  const gid = settings.Group === '' ? (account?.gid ?? 0) : groupOf(settings.Group, settings, account, accounts);
  const own = account === null ? [gid] : accounts.groupsOf(account.name, gid);
  const more = settings.SupplementaryGroups.map((name) => supplementary(name, accounts));
  return {
    uid: account?.uid ?? 0,
    gid,
    groups: [...new Set([...own, ...more])],
    user: account === null ? null : { name: account.name, home: account.home, shell: account.shell },
    switches: true,
    dynamic: account !== null && settings.DynamicUser && accounts.user(account.name) === null,
  };
}

function dynamicName(unitId: string, settings: Settings): string {
  return settings.DynamicUser ? prefixOf(unitId) : '';
}

function accountOf(name: string, settings: Settings, accounts: Accounts): User {
  const found = accounts.user(name);
  if (found !== null) return found;
  if (settings.DynamicUser) {
    const uid = dynamicUid(name);
    return { name, uid, gid: uid, home: '/', shell: '/usr/sbin/nologin' };
  }
  throw new StepFailed(EXIT_USER, 'Failed to determine user credentials: No such process');
}

function groupOf(name: string, settings: Settings, account: User | null, accounts: Accounts): number {
  const found = accounts.group(name);
  if (found !== null) return found;
  if (settings.DynamicUser && account !== null) return account.gid;
  throw new StepFailed(EXIT_GROUP, 'Failed to determine group credentials: No such process');
}

function supplementary(name: string, accounts: Accounts): number {
  const found = accounts.group(name);
  if (found === null) throw new StepFailed(EXIT_GROUP, 'Failed to determine supplementary groups: No such process');
  return found;
}

/** The same name gets the same number, so that its state directory stays its own. */
function dynamicUid(name: string): number {
  let hash = 2166136261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return DYNAMIC_FIRST + ((hash >>> 0) % (DYNAMIC_LAST - DYNAMIC_FIRST + 1));
}
