/** edit: a drop-in of a unit, or with --full its file, in the user's editor. */
import type { Reply } from '../../../control/protocol.ts';
import { nameKind } from '../../../unit/name.ts';
import { UsageError } from '../../options.ts';
import { findProgram, runChild } from '../../run-child.ts';
import { editedContent, editorText, type Shown } from '../edit-text.ts';
import { type Ctl, EXIT, replies, type Verb } from '../manager.ts';
import { daemonReload } from './manager-state.ts';

const EDITORS = ['editor', 'nano', 'vim', 'vi'];
const FILE_SIZE_MAX = 16 * 1024 * 1024;

interface Edited {
  readonly path: string;
  readonly temporary: string;
  readonly isDropIn: boolean;
}

function read({ program }: Ctl, path: string): string | null {
  try {
    return program.sys.decode(program.sys.readFile(path, FILE_SIZE_MAX));
  } catch {
    return null;
  }
}

function makeFolders({ program }: Ctl, path: string): void {
  const parts = path.split('/').slice(1, -1);
  for (let i = 1; i <= parts.length; i++) {
    try {
      program.sys.mkdir(`/${parts.slice(0, i).join('/')}`, 0o755);
    } catch {
      // It is there; if not, writing the file says so.
    }
  }
}

/** Where the unit's own changes go. */
function targetOf({ settings }: Ctl, unit: string): { path: string; isDropIn: boolean } {
  const folder = `${settings.runtime ? '/run' : '/etc'}/systemd/system`;
  if (settings.full) return { path: `${folder}/${unit}`, isDropIn: false };
  const name = settings.dropIn === '' ? 'override.conf' : settings.dropIn.replace(/(\.conf)?$/, '.conf');
  if (name.includes('/')) throw new UsageError(`Invalid drop-in file name '${name}'.`);
  return { path: `${folder}/${unit}.d/${name}`, isDropIn: true };
}

function prepare(ctl: Ctl, reply: Extract<Reply, { is: 'files' }>): Edited {
  const { program, settings } = ctl;
  if (reply.load === 'masked') throw new UsageError(`Cannot edit ${reply.unit}: unit is masked.`);
  if (reply.fragment === '' && settings.force === 0) {
    throw new UsageError(
      `No files found for ${reply.unit}.\nRun 'systemctl edit --force --full ${reply.unit}' to create a new unit.`,
    );
  }
  const fragmentName = reply.fragment.slice(reply.fragment.lastIndexOf('/') + 1);
  const unit = nameKind(reply.unit) === 'instance' || fragmentName === '' ? reply.unit : fragmentName;
  const { path, isDropIn } = targetOf(ctl, unit);
  const others: Shown[] = [];
  for (const other of [reply.fragment, ...reply.dropIns]) {
    const content = other === '' || other === path ? null : read(ctl, other);
    if (content !== null) others.push({ path: other, content });
  }
  const content = read(ctl, path) ?? (isDropIn ? '' : (read(ctl, reply.fragment) ?? ''));
  const suffix = [...program.sys.random(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const slash = path.lastIndexOf('/') + 1;
  const temporary = `${path.slice(0, slash)}.#${path.slice(slash)}${suffix}`;
  makeFolders(ctl, path);
  const text = isDropIn ? editorText(path, content, others) : content;
  program.sys.writeFileAtomic(temporary, program.sys.encode(text));
  return { path, temporary, isDropIn };
}

function runEditor({ program }: Ctl, files: readonly Edited[]): number {
  const asked = ['SYSTEMD_EDITOR', 'EDITOR', 'VISUAL'].map((name) => program.env.get(name)).find((value) => value);
  const words = asked?.trim().split(/\s+/) ?? [EDITORS.find((name) => findProgram(program, name) !== null) ?? ''];
  if (words[0] === '') {
    program.err('Cannot edit files, no editor available. Please set either $SYSTEMD_EDITOR, $EDITOR or $VISUAL.');
    return EXIT.failure;
  }
  return runChild(program, [...words, ...files.map((file) => file.temporary)]);
}

function install(ctl: Ctl, { path, temporary, isDropIn }: Edited): void {
  const { program } = ctl;
  const content = editedContent(read(ctl, temporary) ?? '', isDropIn);
  program.sys.unlink(temporary);
  if (content === null) return;
  program.sys.writeFileAtomic(path, program.sys.encode(content));
  program.err(`Successfully installed edited file '${path}'.`);
}

/** @throws UsageError */
export const edit: Verb = (ctl, names) => {
  const { program, settings } = ctl;
  if (!program.isTerminal(0) || !program.isTerminal(1)) throw new UsageError('Cannot edit units if not on a tty.');
  const files: Edited[] = [];
  for (const reply of replies(ctl, { verb: 'files', names })) {
    if (reply.is === 'files') files.push(prepare(ctl, reply));
    else if (reply.is === 'failed' || reply.is === 'error') {
      program.err(`Failed to get LoadState: ${reply.error.message}`);
      return EXIT.failure;
    }
  }
  if (files.length === 0) throw new UsageError('No units matched the specified patterns.');
  if (runEditor(ctl, files) !== 0) return EXIT.failure;
  for (const file of files) install(ctl, file);
  return settings.noReload ? 0 : daemonReload(ctl, [], 'daemon-reload');
};
