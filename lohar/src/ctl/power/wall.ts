/** A message to everybody at a terminal, in systemd's words. There is no record of logins: every terminal gets it. */
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Program } from '../program.ts';
import { formatTimestamp } from '../text/timestamp.ts';

const TERMINALS = '/dev/pts';
const TERMINALS_MAX = 4096;
/** O_WRONLY | O_NOCTTY | O_NONBLOCK: a terminal that nobody reads holds nobody up. */
const OPEN_FLAGS = 0o1 | 0o400 | 0o4000;

export function wallText(program: Program, message: string): string {
  const user = program.env.get('SUDO_USER') ?? program.env.get('USER') ?? 'root';
  const at = formatTimestamp(program.nowUsec(), program.zone);
  const lines = message.replace(/\n/g, '\r\n');
  return `\r\nBroadcast message from ${user}@${program.sys.hostname()} (${at}):\r\n\r\n${lines}\r\n\r\n`;
}

export function wall(program: Program, message: string): void {
  const { sys } = program;
  const text = sys.encode(wallText(program, message));
  for (const name of terminals(program)) {
    try {
      const fd = sys.open(`${TERMINALS}/${name}`, OPEN_FLAGS);
      sys.write(fd, text);
      sys.close(fd);
    } catch (error) {
      // It was closed meanwhile, or it is another user's.
      if (!(error instanceof SysError)) throw error;
    }
  }
}

function terminals({ sys }: Program): string[] {
  try {
    return sys
      .readdir(TERMINALS, TERMINALS_MAX)
      .map(({ name }) => name)
      .filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (error instanceof SysError) return [];
    throw error;
  }
}
