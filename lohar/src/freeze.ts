/**
 * `lohar freeze FOLDER`: holds a file system still while its disk is copied. A process of its own, because PID 1 writes
 * journals and would wait for the thaw that it alone could order.
 *
 *   frozen --standard input ends--> thawed, exit 0
 *          --deadline, SIGHUP, SIGTERM--> thawed, exit 75: what was copied may not be whole
 */
import { O_DIRECTORY, O_RDONLY, SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import type { Runtime } from '@bhatti/runtime/start.ts';

// include/uapi/linux/fs.h
const FIFREEZE = 0xc0045877;
const FITHAW = 0xc0045878;
/** No program of the sandbox may stand still for longer, whatever became of the host. */
const FROZEN_MS = 60_000;
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const EXIT_FAILED = 1;
/** EX_TEMPFAIL of sysexits.h */
const EXIT_TOO_EARLY = 75;

/** Says "frozen" on standard output once nothing can be written any more. */
export function freeze({ sys, loop }: Runtime, folder: string): void {
  sys.sync();
  const fd = sys.open(folder, O_RDONLY | O_DIRECTORY);
  const result = sys.attempt('ioctl', fd, FIFREEZE, 0);
  if (result < 0) {
    sys.write(STDERR, sys.encode(`cannot freeze ${folder}: error ${-result}\n`));
    sys.exit(EXIT_FAILED);
  }
  const thaw = (code: number) => (): void => {
    sys.attempt('ioctl', fd, FITHAW, 0);
    sys.exit(code);
  };
  loop.onSignal(SIGNALS.HUP, thaw(EXIT_TOO_EARLY));
  loop.onSignal(SIGNALS.TERM, thaw(EXIT_TOO_EARLY));
  loop.after(FROZEN_MS, thaw(EXIT_TOO_EARLY));
  loop.watch(STDIN, 'in', thaw(0));
  sys.write(STDOUT, sys.encode('frozen\n'));
}
