/** systemctl --root=: what PID 1 answers of its own machine's unit files, answered by the client for a folder. */
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

/** @returns what answers requests about the unit files below `root`, null for all other requests */
export function answersIn(sys: ProgramSys, root: string): (request: Request) => readonly Answer[] | null {
  const folder = root.startsWith('/') ? root : sys.realpath(root);
  const rooted = rootedSys(sys, folder);
  const files = new DiskInstallFiles(rooted);
  const machine = new MachineFacts(rooted, new Accounts(rooted), () => []);
  const facts = new UnitFileFacts(files, machine);
  return (request) => {
    try {
      return answer(request, files, facts, folder);
    } catch (error) {
      return [{ is: 'error', error: busError(error, folder) }];
    }
  };
}

function answer(
  request: Request,
  files: DiskInstallFiles,
  facts: UnitFileFacts,
  root: string,
): readonly Answer[] | null {
  switch (request.verb) {
    case 'unit-files': {
      const { changes, carriesInstall } = changeUnitFiles(request, request.names, files, facts);
      return [{ is: 'changes', changes: changes.map((change) => outside(change, root)), carriesInstall }];
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

/** Links are told as who called sees them; what they say is what they say inside. */
const outside = (change: InstallChange, root: string): InstallChange =>
  change.path.startsWith('/') ? { ...change, path: root + change.path } : change;

/** Without PID 1 in between systemctl has other words: "unit x does not exist", "file y already exists". */
function busError(error: unknown, root: string): BusError {
  if (error instanceof SysError) return { name: 'Failed', message: errorText(error.code) };
  if (!(error instanceof InstallFailed)) throw error;
  const message = error.message
    .replace(/^Unit file (?=[^/]\S* (?:does not exist|is masked)\.$)/, 'unit ')
    .replace(/^Unit file (?=\/)/, `unit ${root}`)
    .replace(/^File (?=\/)/, `file ${root}`);
  return { ...error.error, message };
}
