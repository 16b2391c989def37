/** Programs that write units at boot and at daemon-reload (systemd.generator(7)), and init.d scripts, which need none. */
import { type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { readText } from '../read-text.ts';
import { GENERATED } from '../unit/load/search-path.ts';
import type { UnitFiles } from '../unit/load/unit-files.ts';
import { FOLDER_ENTRIES_MAX } from '../unit/load/unit-index.ts';
import { removeTree } from './launch/directories.ts';
import { DEFAULT_PATH } from './manager-environment.ts';
import type { ManagerLog } from './manager-log.ts';
import { writeFstabUnits } from './mount/fstab-units.ts';
import { runPrograms } from './run-programs.ts';
import { writeSysvUnits } from './sysv-units.ts';

/** Highest precedence first; a link to /dev/null hides a generator of that name. */
const FOLDERS: readonly string[] = [
  '/run/systemd/system-generators',
  '/etc/systemd/system-generators',
  '/usr/local/lib/systemd/system-generators',
  '/usr/lib/systemd/system-generators',
];
const GENERATORS_MAX = 64;
const FSTAB = '/etc/fstab';
const FSTAB_SIZE_MAX = 1024 * 1024;

export interface GeneratorsHost {
  readonly sys: Sys;
  readonly loop: Loop;
  readonly files: UnitFiles;
  readonly log: ManagerLog;
}

/** Makes all generated units anew. @param done called in this turn when there is nothing to wait for */
export function runGenerators(host: GeneratorsHost, done: () => void): void {
  const { sys, files, log } = host;
  for (const folder of Object.values(GENERATED)) attempt(log, `empty ${folder}`, () => empty(sys, folder));
  const fstab = readText(sys, FSTAB, FSTAB_SIZE_MAX);
  if (/^[ \t]*[^#\s]/m.test(fstab)) attempt(log, `make units of ${FSTAB}`, () => writeFstabUnits(sys, log, fstab));
  const generators = findGenerators(files);
  const end = (): void => {
    attempt(log, 'make units of init.d scripts', () => writeSysvUnits(sys, files));
    done();
  };
  const { normal, early, late } = GENERATED;
  const env = [`PATH=${DEFAULT_PATH}`, 'SYSTEMD_SCOPE=system', 'SYSTEMD_IN_INITRD=0', 'SYSTEMD_FIRST_BOOT=0'];
  const programs = generators.map((path) => ({ path, args: [normal, early, late], env, well: [0] }));
  runPrograms(programs, host, end);
}

function empty(sys: Sys, folder: string): void {
  for (const { name } of sys.readdir(folder, FOLDER_ENTRIES_MAX)) removeTree(sys, `${folder}/${name}`);
}

/** A full disk or a folder that is gone is told; the units that are there are used. */
function attempt(log: ManagerLog, what: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    log.write(null, 4, `Cannot ${what}: ${error.message}`);
  }
}

function findGenerators(files: UnitFiles): string[] {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS)
    for (const { name } of files.list(folder)) if (!byName.has(name)) byName.set(name, `${folder}/${name}`);
  const paths = [...byName.values()].filter((path) => files.real(path) !== '/dev/null' && files.isExecutable(path));
  return paths.slice(0, GENERATORS_MAX);
}
