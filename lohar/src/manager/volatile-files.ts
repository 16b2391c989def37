/**
 * What packages want in /run is made at boot, by the archive's own systemd-tmpfiles (tmpfiles.d(5)), as
 * systemd-tmpfiles-setup.service does it elsewhere. Here no unit is started for it: the first one that starts makes
 * PID 1 230 KiB larger for good.
 */
import { DEFAULT_PATH } from './manager-environment.ts';
import { type ProgramsHost, runPrograms } from './run-programs.ts';

const PROGRAM = '/usr/bin/systemd-tmpfiles';
/** DATAERR, CANTCREAT: a line was refused, which it said itself. */
const WELL: readonly number[] = [0, 65, 73];

/** Nothing in an image that has no such program. */
export function makeVolatileFiles(host: ProgramsHost, done: () => void): void {
  const program = {
    path: PROGRAM,
    args: ['--create', '--remove', '--boot'],
    env: [`PATH=${DEFAULT_PATH}`],
    well: WELL,
  };
  runPrograms(host.sys.access(PROGRAM, 0) ? [program] : [], host, done);
}
