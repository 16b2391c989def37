/** How every program of ours begins: globals, the kernel, a loop, and errors that end nothing. */
import './text-globals.ts';
import { lineMap, setHeapLimit } from 'native';
import { describeError } from './errors/describe.ts';
import { mapStack } from './errors/line-map.ts';
import { SIGNALS } from './linux/constants.ts';
import { attempt } from './linux/kernel.ts';
import { linuxSys } from './linux/linux-sys.ts';
import { args, environment, ignoreSignal } from './linux/processes.ts';
import { EpollLoop } from './loop/epoll-loop.ts';
import type { Sys } from './sys.ts';

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
  /** Told of every error that nobody caught, as text; default: written to stderr. */
  readonly onError?: (text: string) => void;
}

/** An error as text with TypeScript files and lines. */
export const errorText = (error: unknown): string => describeError(error, (stack) => mapStack(stack, lineMap));

function toStderr(text: string): void {
  const bytes = linuxSys.encode(`${text}\n`);
  attempt('write', 2, bytes, bytes.length);
}

/**
 * Runs `main`, then the loop until there is nothing left to wait for. What `main` throws is reported like any other
 * error, and the loop runs nevertheless.
 */
export function start(main: (runtime: Runtime) => void, options: StartOptions = {}): void {
  const onError = options.onError ?? toStderr;
  ignoreSignal(SIGNALS.PIPE);
  if (options.heapLimit !== undefined) setHeapLimit(options.heapLimit);
  const loop = new EpollLoop({
    callbackLimitMs: options.callbackLimitMs ?? 0,
    onError: (error) => onError(errorText(error)),
  });
  const runtime: Runtime = { sys: linuxSys, loop, args: args(), environment: environment() };
  loop.call(() => main(runtime));
  loop.run();
}
