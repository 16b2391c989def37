/** May this user read the journal? Says what systemd says when not. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { activeName, SYSTEM_KEY } from '../../journal/places.ts';

export type AccessSys = Pick<Sys, 'readdir' | 'open' | 'close'>;

const HINT = `Hint: You are currently not seeing messages from other users and the system.
      Users in groups 'adm', 'systemd-journal' can see all messages.
      Pass -q to turn off this notice.`;

export interface Access {
  /** Lines for stderr. */
  readonly notices: readonly string[];
  /** False: nothing can be read; the exit code is 1. */
  readonly ok: boolean;
}

function isDenied(error: unknown): boolean {
  return error instanceof SysError && (error.code === 'EACCES' || error.code === 'EPERM');
}

/** Looks at one file: all of them have the same owner, group and mode. */
export function checkAccess(sys: AccessSys, folder: string, quiet: boolean): Access {
  // There from the first boot on, as a rule.
  const usual = tryOpen(sys, `${folder}/${activeName(SYSTEM_KEY)}`);
  if (usual !== 'not-there') return usual === 'denied' ? denied(quiet) : { notices: [], ok: true };
  let names: string[];
  try {
    names = sys.readdir(folder, NAMES_MAX).map(({ name }) => name);
  } catch (error) {
    if (isDenied(error)) return denied(quiet);
    return { notices: quiet ? [] : ['No journal files were found.'], ok: true };
  }
  const first = names.find((name) => name.includes('.log'));
  if (first === undefined) return { notices: quiet ? [] : ['No journal files were found.'], ok: true };
  return tryOpen(sys, `${folder}/${first}`) === 'denied' ? denied(quiet) : { notices: [], ok: true };
}

function tryOpen(sys: AccessSys, path: string): 'opened' | 'denied' | 'not-there' {
  try {
    sys.close(sys.open(path, 0));
    return 'opened';
  } catch (error) {
    return isDenied(error) ? 'denied' : 'not-there';
  }
}

function denied(quiet: boolean): Access {
  const refusal = 'No journal files were opened due to insufficient permissions.';
  return { notices: quiet ? [refusal] : [HINT, refusal], ok: false };
}

const NAMES_MAX = 65_536;
