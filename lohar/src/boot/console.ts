/** Where PID 1 speaks before there is a journal: the kernel's console, which the host keeps. */
import { O_NONBLOCK, O_RDWR } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';

const STDIN = 0;
const STDERR = 2;

/** Descriptors 0, 1 and 2 must be taken, or the first file that is opened becomes some child's stderr. */
export function takeStandardDescriptors(sys: Sys): void {
  for (let fd: Fd = STDIN; fd <= STDERR; ) {
    fd = openConsole(sys);
    if (fd > STDERR) sys.close(fd);
  }
}

/** Never blocks: a console that nobody reads must not stop PID 1. */
function openConsole(sys: Sys): Fd {
  for (const path of ['/dev/console', '/dev/null'])
    try {
      return sys.open(path, O_RDWR | O_NONBLOCK);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  return STDERR + 1;
}

/** @returns writes one line; what the console does not take at once is lost */
export function consoleLog(sys: Sys): (line: string) => void {
  return (line) => {
    try {
      sys.write(STDERR, sys.encode(`lohar: ${line}\n`));
    } catch {
      // no console: there is nobody to tell
    }
  };
}
