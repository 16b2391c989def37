/** systemctl --root= and --global: what PID 1 answers of its own machine's unit files, answered by the client. */
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Request } from '../../control/protocol.ts';
import { changeUnitFiles, matchingFiles } from '../../control/unit-file-verbs.ts';
import { Accounts } from '../../manager/accounts.ts';
import { DiskInstallFiles } from '../../manager/disk-install-files.ts';
import { errorText } from '../../manager/launch/error-text.ts';
import { MachineFacts } from '../../manager/machine-facts.ts';
import { UnitFileFacts } from '../../manager/unit-file-facts.ts';
import { defaultTarget } from '../../unit/install/enable.ts';
import type { InstallChange } from '../../unit/install/install-change.ts';
import { InstallFailed } from '../../unit/install/install-failed.ts';
import type { BusError } from '../../unit/model.ts';
import type { ProgramSys } from '../program.ts';
import type { Answer } from './manager.ts';
import { rootedSys } from './rooted-sys.ts';
import { userPath, userScoped } from './user-scope.ts';

interface Place {
  /** The folder that --root= names; '' is the machine itself. */
  readonly root: string;
  /** Unit files of all users' managers, not the system's. */
  readonly isOfUsers: boolean;
}

/** A path that is one below the folder, as who called sees it, and as a link inside says it. */
interface View {
  shown(path: string): string;
  said(path: string): string;
  isOfUsers: boolean;
}

/** @returns what answers requests about the unit files there, null for all other requests */
export function answersIn(sys: ProgramSys, { root, isOfUsers }: Place): (request: Request) => readonly Answer[] | null {
  const folder = root === '' || root.startsWith('/') ? root : sys.realpath(root);
  const below = rootedSys(sys, folder);
  const rooted = isOfUsers ? userScoped(below) : below;
  const said = isOfUsers ? userPath : (path: string) => path;
  const view: View = { shown: (path) => folder + said(path), said, isOfUsers };
  const files = new DiskInstallFiles(rooted);
  const machine = new MachineFacts(rooted, new Accounts(rooted), () => []);
  const facts = new UnitFileFacts(files, machine);
  return (request) => {
    try {
      return answer(request, files, facts, view);
    } catch (error) {
      return [{ is: 'error', error: busError(error, view) }];
    }
  };
}

function answer(request: Request, files: DiskInstallFiles, facts: UnitFileFacts, view: View): readonly Answer[] | null {
  switch (request.verb) {
    case 'unit-files': {
      const { changes, carriesInstall } = changeUnitFiles(request, request.names, files, facts);
      return [{ is: 'changes', changes: changes.flatMap((change) => told(change, view)), carriesInstall }];
    }
    case 'is-enabled':
      return request.names.map((name) => ({ is: 'file-state', name, unit: name, ...facts.stateOf(name) }));
    case 'list-unit-files':
      return [{ is: 'unit-files', files: matchingFiles(request, facts) }];
    case 'get-default':
      return [{ is: 'default-target', unit: defaultTarget(files) }];
    default:
      return null;
  }
}

function told(change: InstallChange, { shown, said, isOfUsers }: View): InstallChange[] {
  // Targets of users' managers come with systemd's own, which is not here: no package can do anything about it.
  if (isOfUsers && change.did === 'destination-not-present') return [];
  const path = change.path.startsWith('/') ? shown(change.path) : change.path;
  return [change.did === 'symlink' ? { ...change, path, target: said(change.target) } : { ...change, path }];
}

/** Without PID 1 in between systemctl has other words: "unit x does not exist", "file y already exists". */
function busError(error: unknown, { shown }: View): BusError {
  if (error instanceof SysError) return { name: 'Failed', message: errorText(error.code) };
  if (!(error instanceof InstallFailed)) throw error;
  const message = error.message
    .replace(/^Unit file (?=[^/]\S* (?:does not exist|is masked)\.$)/, 'unit ')
    .replace(
      /^(Unit|File) (?:file )?(\/\S*)/,
      (_, word: string, path: string) => `${word.toLowerCase()} ${shown(path)}`,
    );
  return { ...error.error, message };
}
