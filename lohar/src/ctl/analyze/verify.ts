/** systemd-analyze verify: what PID 1 would say of unit files, without PID 1. Texts: systemd 255. */
import { Accounts } from '../../manager/accounts.ts';
import { DiskUnitFiles } from '../../manager/disk-unit-files.ts';
import { MachineFacts } from '../../manager/machine-facts.ts';
import type { Command } from '../../unit/exec/command.ts';
import { type LoadedUnit, loadUnit } from '../../unit/load/load-unit.ts';
import { UNIT_PATH } from '../../unit/load/search-path.ts';
import { readUnitFolder, UnitIndex } from '../../unit/load/unit-index.ts';
import { nameKind } from '../../unit/name.ts';
import type { Program } from '../program.ts';
import { findProgram } from '../run-child.ts';
import { rootedSys } from '../systemctl/rooted-sys.ts';

const COMMANDS = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload', 'ExecStop'] as const;

function absolute({ sys, env }: Program, path: string): string {
  if (path.startsWith('/')) return path;
  const here = env.get('PWD') ?? sys.realpath('.');
  return `${here}/${path}`.replace(/\/\.\//g, '/');
}

/** Names are looked for where units lie; of paths, their folder comes first. */
export function verify(program: Program, words: readonly string[]): number {
  const files = new DiskUnitFiles(rootedSys(program.sys, ''));
  const machine = new MachineFacts(rootedSys(program.sys, ''), new Accounts(program.sys), () => []);
  const paths = words.map((word) => (word.includes('/') ? absolute(program, word) : word));
  const own = paths.filter((path) => path.includes('/')).map((path) => path.slice(0, path.lastIndexOf('/')));
  const folders = [...new Set([...own, ...UNIT_PATH])];
  const index = new UnitIndex(folders.map((folder) => readUnitFolder(files, folder)));
  let code = 0;
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (nameKind(name) === null || (path.includes('/') && files.type(path) === null)) {
      const why = nameKind(name) === null ? 'Invalid argument' : 'No such file or directory';
      program.err(`Failed to prepare filename ${path}: ${why}`);
      code = 1;
    } else if (!isSound(program, loadUnit(name, { files, index, machine }))) code = 1;
  }
  return code;
}

/** Says what is wrong. */
function isSound(program: Program, unit: LoadedUnit): boolean {
  for (const { text } of unit.lines) program.err(text);
  if (unit.error !== null && unit.load !== 'masked') {
    program.err(`Unit ${unit.id} could not be loaded: ${unit.error.message}`);
    return false;
  }
  const commands = COMMANDS.flatMap((setting): readonly Command[] => unit.settings[setting]);
  const missing = commands.filter(({ path }) => findProgram(program, path) === null);
  for (const { path } of missing)
    program.err(`${unit.id}: Command ${path} is not executable: No such file or directory`);
  return missing.length === 0;
}
