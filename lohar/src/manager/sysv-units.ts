/** Writes a unit for each init.d script that has none, as systemd-sysv-generator does. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { GENERATED, UNIT_PATH } from '../unit/load/search-path.ts';
import { readSysvScript, sysvUnitName, sysvUnitText } from '../unit/load/sysv-script.ts';
import type { UnitFiles } from '../unit/load/unit-files.ts';
import { nameKind } from '../unit/name.ts';

const SCRIPTS = '/etc/init.d';
/** Which target starts what a runlevel's folder links. */
const RUNLEVELS: readonly (readonly [folder: string, target: string])[] = [
  ['/etc/rc1.d', 'rescue.target'],
  ['/etc/rc2.d', 'multi-user.target'],
  ['/etc/rc3.d', 'multi-user.target'],
  ['/etc/rc4.d', 'multi-user.target'],
  ['/etc/rc5.d', 'graphical.target'],
];

type WriteSys = Pick<Sys, 'writeFile' | 'symlink' | 'mkdir'>;

export function writeSysvUnits(sys: WriteSys, files: UnitFiles): void {
  const late = GENERATED.late;
  for (const { name: script, type } of files.list(SCRIPTS)) {
    const path = `${SCRIPTS}/${script}`;
    const unit = sysvUnitName(script);
    if (type === 'directory' || nameKind(unit) !== 'plain' || !files.isExecutable(path)) continue;
    // A unit of the same name, a masked one too, stands for the script.
    if (UNIT_PATH.some((folder) => folder !== late && files.type(`${folder}/${unit}`) !== null)) continue;
    const content = files.read(path);
    if (!content.ok) continue;
    const read = readSysvScript(script, content.text);
    const targets = RUNLEVELS.filter(([folder]) => isStartedBy(folder, script, files)).map(([, target]) => target);
    sys.writeFile(`${late}/${unit}`, sysvUnitText(path, read, targets));
    for (const target of new Set(targets)) link(sys, `../${unit}`, `${late}/${target}.wants`, unit);
    for (const alias of read.aliases) link(sys, unit, late, alias);
  }
}

const isStartedBy = (folder: string, script: string, files: UnitFiles): boolean =>
  files.list(folder).some(({ name }) => /^S\d\d/.test(name) && name.slice(3) === script);

function link(sys: WriteSys, target: string, folder: string, name: string): void {
  try {
    sys.mkdir(folder, 0o755);
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
  }
  try {
    sys.symlink(target, `${folder}/${name}`);
  } catch (error) {
    // Two scripts may provide one name: the first has it.
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
  }
}
