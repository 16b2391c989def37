/** What happens to the child between clone and exec: namespaces, then no privilege that QEMU could use or regain. */
import {
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  PR_SET_SECUREBITS,
  PR_SET_THP_DISABLE,
  RLIMITS,
  SIGNALS,
} from '@bhatti/runtime/linux/constants.ts';
import type { ChildCall, Fd } from '@bhatti/runtime/sys.ts';
import type { Job } from './job.ts';

const SETUP_FAILED = 1;
/** linux/securebits.h: NOROOT and NO_CAP_AMBIENT_RAISE, each with its lock. */
const SECUREBITS_NO_ROOT = 0x01 | 0x02 | 0x40 | 0x80;
/** linux/capability.h */
const CAPABILITY_VERSION_3 = 0x20080522;

function call(name: ChildCall['call'], ...args: ChildCall['args']): ChildCall {
  return { call: name, args, exit: SETUP_FAILED };
}

export function enterNamespaces(namespaces: readonly Fd[]): ChildCall[] {
  return namespaces.map((parentFd) => call('setns', { parentFd }, 0));
}

/** Last of all calls: a change of credentials would clear it. */
export function dieWithParent(): ChildCall {
  return call('prctl', PR_SET_PDEATHSIG, SIGNALS.KILL, 0, 0, 0);
}

function noCapabilities(): ChildCall {
  const header = new Uint8Array(8); // version, pid 0: this process
  new DataView(header.buffer).setUint32(0, CAPABILITY_VERSION_3, true);
  return call('capset', header, new Uint8Array(24));
}

function dropTo(user: NonNullable<Job['user']>): ChildCall[] {
  const groups = new Uint8Array(Uint32Array.from(user.groups).buffer);
  return [
    call('setgroups', user.groups.length, groups.length === 0 ? 0 : groups),
    call('setresgid', user.gid, user.gid, user.gid),
    call('setresuid', user.uid, user.uid, user.uid),
  ];
}

/**
 * In a user namespace of our own the child is its root: so the rules of the network in it are only safe from a QEMU
 * that was taken over when every capability is gone and exec gives none back.
 *
 * @param namespaces to enter, in order
 */
export function childSetup(job: Job, namespaces: readonly Fd[]): ChildCall[] {
  // Only who has capabilities can (and must) give them up: root, or the root of a user namespace.
  const privileged = job.user !== undefined || job.userNamespace !== undefined;
  return [
    call('setsid'),
    call('prlimit64', 0, RLIMITS.CORE, new Uint8Array(16), 0),
    // QEMU asks for huge pages for what it translates: the last one of an idle machine is half empty.
    call('prctl', PR_SET_THP_DISABLE, 1, 0, 0, 0),
    ...enterNamespaces(namespaces),
    ...(privileged ? [call('prctl', PR_SET_SECUREBITS, SECUREBITS_NO_ROOT, 0, 0, 0)] : []),
    ...(job.user === undefined ? [] : dropTo(job.user)),
    ...(privileged ? [noCapabilities()] : []),
    call('prctl', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    dieWithParent(),
  ];
}
