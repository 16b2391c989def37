/** How every program of ours begins: globals, the kernel, a loop, and errors that end nothing. */
import './text-globals.ts';
import { isBroken, lineMap, setHeapLimit } from 'native';
import { describeError } from './errors/describe.ts';
import { mapStack } from './errors/line-map.ts';
import { SIGNALS } from './linux/constants.ts';
import { attempt } from './linux/kernel.ts';
import { linuxSys } from './linux/linux-sys.ts';
import { args, environment, ignoreSignal } from './linux/processes.ts';
import { EpollLoop } from './loop/epoll-loop.ts';
import type { Sys } from './sys.ts';

export { whenStarted } from 'native';

export interface Runtime {
  readonly sys: Sys;
  readonly loop: EpollLoop;
  /** argv, the program's name first. */
  readonly args: readonly string[];
  /** `NAME=value` */
  readonly environment: readonly string[];
}

export interface StartOptions {
  /** A callback, with all the jobs it leaves, may take this long; absent: no limit. */
  readonly callbackLimitMs?: number;
  /** Bytes of the JavaScript heap; absent: no limit. */
  readonly heapLimit?: number;
  /** After a callback that had to be ended, or in which an allocation failed, the process aborts. */
  readonly abortWhenBroken?: boolean;
  /** Called once when nothing has happened for a second. */
  readonly onQuiet?: () => void;
  /** Told of every error that nobody caught, as text; default: written to stderr. */
  readonly onError?: (text: string) => void;
}

/** An error as text with TypeScript files and lines. */
export const errorText = (error: unknown): string => describeError(error, (stack) => mapStack(stack, lineMap));

function toStderr(text: string): void {
  const bytes = linuxSys.encode(`${text}\n`);
  attempt('write', 2, bytes, bytes.length);
}

const LOOP_FAILURES_MAX = 100;
/** EX_SOFTWARE of sysexits.h */
const EXIT_BROKEN = 70;

/**
 * Runs `main`, then the loop until there is nothing left to wait for. An error of a callback is reported and the loop
 * goes on. An error of `main` ends every process but PID 1, and no process that had errors ends with 0.
 */
export function start(main: (runtime: Runtime) => void, options: StartOptions = {}): void {
  ignoreSignal(SIGNALS.PIPE);
  if (options.heapLimit !== undefined) setHeapLimit(options.heapLimit);
  let failed = false;
  const onError = (error: unknown): void => {
    failed = true;
    (options.onError ?? toStderr)(errorText(error));
  };
  const afterCallback = (): void => {
    if (options.abortWhenBroken === true && isBroken()) linuxSys.kill(linuxSys.getpid(), SIGNALS.ABRT);
  };
  const { callbackLimitMs = 0, onQuiet } = options;
  const loop = new EpollLoop({ callbackLimitMs, onError, afterCallback, onQuiet });
  const runtime: Runtime = { sys: linuxSys, loop, args: args(), environment: environment() };
  loop.call(() => main(runtime));
  const isInit = linuxSys.getpid() === 1;
  if (failed && !isInit) linuxSys.exit(EXIT_BROKEN);
  runForEver(loop, onError, afterCallback);
  if (failed && !isInit) linuxSys.exit(EXIT_BROKEN);
}

/**
 * Out of memory the loop itself may fail; what it was about to do is still in its queues. When it fails again and again
 * the process is beyond repair: SIGABRT, after which PID 1 executes itself anew (crash.ts).
 */
function runForEver(loop: EpollLoop, onError: (error: unknown) => void, afterCallback: () => void): void {
  for (let failures = 0; failures < LOOP_FAILURES_MAX; failures++) {
    try {
      loop.run();
      return;
    } catch (error) {
      afterCallback();
      loop.call(() => onError(error));
    }
  }
  linuxSys.kill(linuxSys.getpid(), SIGNALS.ABRT);
}
