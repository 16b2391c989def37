/** cat: the files of a unit, as they are on the disk now. */
import type { Reply } from '../../../control/protocol.ts';
import type { Program } from '../../program.ts';
import { type Ctl, EXIT, exitOf, replies, type Verb } from '../manager.ts';

/** Longest unit file that is read. */
const FILE_SIZE_MAX = 16 * 1024 * 1024;

function coloured(line: string, { colours }: Program): string {
  if (line.startsWith('[')) return `${colours.boldCyan}${line}${colours.normal}`;
  if (line.startsWith('#') || line.startsWith(';')) return `${colours.grey}${line}${colours.normal}`;
  return line;
}

/** @returns false when the file cannot be read */
function printFile(program: Program, path: string, newline: boolean): boolean {
  let text: string;
  try {
    text = program.sys.decode(program.sys.readFile(path, FILE_SIZE_MAX));
  } catch {
    program.err(`Failed to cat ${path}: No such file or directory`);
    return false;
  }
  const { boldBlue, normal } = program.colours;
  program.out(`${newline ? '\n' : ''}${boldBlue}# ${path}${normal}\n`);
  program.flush();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  program.out(lines.map((line) => `${coloured(line, program)}\n`).join(''));
  return true;
}

function warnOutdated(program: Program, unit: string): void {
  const { boldRed, normal } = program.colours;
  program.err(
    [
      `${boldRed}# Warning: ${unit} changed on disk, the version systemd has loaded is outdated.`,
      `${boldRed}# This output shows the current version of the unit's original fragment and drop-in files.`,
      `${boldRed}# If fragments or drop-ins were added or removed, they are not properly reflected in this output.`,
      `${boldRed}# Run 'systemctl daemon-reload' to reload units.${normal}`,
    ].join('\n'),
  );
}

type Files = Extract<Reply, { is: 'files' }>;

/** @returns the exit code, null when the next unit has its turn without an empty line */
function printUnit(ctl: Ctl, reply: Files, first: boolean): number | null {
  const { program } = ctl;
  const { normal } = program.colours;
  const magenta = normal === '' ? '' : '\x1b[0;1;35m';
  if (reply.load === 'masked') {
    program.out(`${magenta}# Unit ${reply.unit} is masked${normal}.\n`);
    return null;
  }
  if (reply.load === 'error') {
    program.out(`${magenta}# Unit ${reply.unit} could not be loaded.${normal}\n`);
    return null;
  }
  const paths = [reply.fragment, ...reply.dropIns].filter((path) => path !== '');
  if (paths.length === 0) {
    if (ctl.settings.force === 0) program.err(`No files found for ${reply.unit}.`);
    return EXIT.failure;
  }
  if (!first) program.out('\n');
  if (reply.needsReload) warnOutdated(program, reply.unit);
  return paths.every((path, i) => printFile(program, path, i > 0)) ? 0 : EXIT.failure;
}

export const cat: Verb = (ctl, names) => {
  let code = 0;
  let first = true;
  for (const reply of replies(ctl, { verb: 'files', names })) {
    if (reply.is === 'failed' || reply.is === 'error') {
      ctl.program.err(`Failed to get LoadState: ${reply.error.message}`);
      return reply.is === 'error' ? exitOf(reply.error) : EXIT.failure;
    }
    if (reply.is !== 'files') continue;
    const printed = printUnit(ctl, reply, first);
    if (printed === null) continue;
    if (printed === 0) first = false;
    else code = printed;
  }
  return code;
};
