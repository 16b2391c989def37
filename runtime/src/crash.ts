/** A fatal signal re-executes the program: same process, same children, the descriptors named here still open. */
import { address, encodeLossless, surviveCrashes as surviveNative } from 'native';
import type { Fd } from './sys.ts';

/** Descriptors that survive; more are closed by the re-execution. */
const SURVIVORS_MAX = 4096;
const MARK = '--after-signal=';

export interface Survivors {
  keep(fd: Fd): void;
  drop(fd: Fd): void;
}

/**
 * From now on SEGV, BUS, ILL, FPE and ABRT execute /proc/self/exe with these arguments and a mark.
 * @param args the program's name first
 */
export function surviveCrashes(args: readonly string[]): Survivors {
  const texts = [...args, `${MARK}00`].map((text) => encodeLossless(text));
  const argv = new BigUint64Array(texts.length + 1);
  for (const [i, text] of texts.entries()) argv[i] = BigInt(address(text));
  const mark = texts.at(-1) ?? new Uint8Array(2);
  const table = new Int32Array(1 + SURVIVORS_MAX);
  surviveNative(new Uint8Array(argv.buffer), mark.subarray(-2), new Uint8Array(table.buffer));
  kept.push(...texts);
  const listed = () => table.subarray(1, 1 + (table[0] ?? 0));
  return {
    keep: (fd) => {
      const count = table[0] ?? 0;
      if (count >= SURVIVORS_MAX || listed().includes(fd)) return;
      table[1 + count] = fd;
      table[0] = count + 1;
    },
    drop: (fd) => {
      const fds = listed();
      const at = fds.indexOf(fd);
      if (at < 0) return;
      fds[at] = fds.at(-1) ?? fd;
      table[0] = fds.length - 1;
    },
  };
}

/** What the handler points to lives as long as the process. */
const kept: Uint8Array[] = [];

/** @returns the signal after which this program was re-executed, and its arguments without the mark */
export function afterCrash(args: readonly string[]): { signal: number | undefined; args: readonly string[] } {
  const last = args.at(-1);
  if (last === undefined || !/^--after-signal=\d\d$/.test(last)) return { signal: undefined, args };
  return { signal: Number(last.slice(MARK.length)), args: args.slice(0, -1) };
}
