/** What systemctl says of links that were made, removed or refused. Pure. Facts: install.c of systemd 255. */
import type { InstallChange } from '../../control/protocol.ts';

const bulletText = (
  bullet: string,
): string => `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.
 
Possible reasons for having these kinds of units are:
${bullet} A unit may be statically enabled by being symlinked from another unit's
  .wants/, .requires/, or .upholds/ directory.
${bullet} A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
${bullet} A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
${bullet} In case of template units, the unit is meant to be enabled with some
  instance name specified.`;

export function noInstallConfig(unicode: boolean): string {
  return bulletText(unicode ? '•' : '*');
}

/** Refusals: the operation failed, its exit code is 1. */
const REFUSALS: Partial<Record<InstallChange['did'], (path: string) => string>> = {
  'file-exists': (path) => `File ${path} already exists.`,
  'not-exists': (path) => `Unit file ${path} does not exist.`,
  'needs-instance': (path) => `Destination unit ${path} is a non-template unit.`,
  'bad-template': (path) => `Invalid unit reference "${path}".`,
  'invalid-name': (path) => `"${path}" is not a valid unit name.`,
  'read-only': (path) => `File ${path}: Read-only file system`,
};

export interface Said {
  readonly text: string;
  readonly failed: boolean;
}

/** @param verb as in "Failed to <verb> unit" */
export function changeText(change: InstallChange, verb: string, arrow: string): Said {
  const { path } = change;
  const notice = (text: string): Said => ({ text, failed: false });
  switch (change.did) {
    case 'symlink':
      return notice(`Created symlink ${path} ${arrow} ${change.target}.`);
    case 'unlink':
      return notice(`Removed "${path}".`);
    case 'is-masked':
      return notice(`Unit ${path} is masked, ignoring.`);
    case 'is-masked-generator':
      return notice(`Unit ${path} is masked via a generator and cannot be unmasked.`);
    case 'is-dangling':
      return notice(`Unit ${path} is an alias to a unit that is not present, ignoring.`);
    case 'destination-not-present':
      return notice(`Unit ${change.target} is added as a dependency to a non-existent unit ${path}.`);
    case 'auxiliary-failed':
      return notice(`Failed to enable auxiliary unit ${path}, ignoring.`);
    case 'not-exists':
      // A mask may come before its unit.
      if (verb === 'mask' || verb === 'unmask') return notice(`Unit ${path} does not exist, proceeding anyway.`);
  }
  const why = REFUSALS[change.did]?.(path) ?? path;
  return { text: `Failed to ${verb} unit: ${why}`, failed: true };
}
