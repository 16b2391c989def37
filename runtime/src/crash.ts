/** A fatal signal re-executes the program: same process, same children, the descriptors named here still open. */
import { crashWhenOutOfMemory, environment, surviveCrashes as surviveNative } from 'native';
import { vectorOf } from './linux/execute.ts';
import { attempt, check } from './linux/kernel.ts';
import type { Fd } from './sys.ts';

/** Descriptors that survive; more are closed by the re-execution. */
const SURVIVORS_MAX = 4096;
/** Room in the table at first: it grows. */
const SURVIVORS_FIRST = 64;
/** fcntl(2) */
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const MARK = '--after-signal=';

export interface Survivors {
  keep(fd: Fd): void;
  drop(fd: Fd): void;
  readonly kept: readonly Fd[];
}

/**
 * From now on SEGV, BUS, ILL, FPE, ABRT and an allocation that fails execute /proc/self/exe with these arguments and a mark.
 * @param args the program's name first
 */
export function surviveCrashes(args: readonly string[]): Survivors {
  const { pointers, texts } = vectorOf([...args, `${MARK}00`]);
  const mark = texts.at(-1) ?? new Uint8Array(2);
  let table = new Int32Array(1 + SURVIVORS_FIRST);
  const tell = (): void => surviveNative(pointers, mark.subarray(-2), new Uint8Array(table.buffer));
  tell();
  kept.push(...texts);
  crashWhenOutOfMemory();
  const listed = () => table.subarray(1, 1 + (table[0] ?? 0));
  return {
    get kept() {
      return [...listed()];
    },
    keep: (fd) => {
      const count = table[0] ?? 0;
      if (count >= SURVIVORS_MAX || listed().includes(fd)) return;
      if (count === table.length - 1) {
        const larger = new Int32Array(1 + 2 * count);
        larger.set(table);
        table = larger;
        tell();
      }
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

/** Executes `path` in place of this program, with the descriptors `kept` open. Returns only when that failed. @throws SysError */
export function executeAgain(path: string, args: readonly string[], kept: readonly Fd[]): never {
  const argv = vectorOf([...args, `${MARK}00`]);
  const envp = vectorOf(environment());
  for (const fd of kept) attempt('fcntl', fd, F_SETFD, 0);
  const result = attempt('execve', path, argv.pointers, envp.pointers);
  for (const fd of kept) attempt('fcntl', fd, F_SETFD, FD_CLOEXEC);
  return check(result, 'execute', path) as never;
}

/** @returns 0 after executeAgain(), else the signal after which this program was re-executed, and its arguments without the mark */
export function afterCrash(args: readonly string[]): { signal: number | undefined; args: readonly string[] } {
  const last = args.at(-1);
  if (last === undefined || !/^--after-signal=\d\d$/.test(last)) return { signal: undefined, args };
  return { signal: Number(last.slice(MARK.length)), args: args.slice(0, -1) };
}
