/** Stands in for Node's `process`: environment, standard streams, signals, the end. */
import { SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import { attempt } from '@bhatti/runtime/linux/kernel.ts';
import { own } from '../own.ts';
import { input } from './input.ts';
import { Output } from './output.ts';

const SIG_UNBLOCK = 1;
const SIGSET_SIZE = 8;

type Listener = (signal: string) => void;
const listeners = new Map<string, Set<Listener>>();
let environment: Record<string, string> | undefined;

/** As if nobody had ever listened. */
function endBy(signal: number): void {
  const mask = new Uint8Array(SIGSET_SIZE);
  mask[(signal - 1) >> 3] = 1 << ((signal - 1) & 7);
  attempt('rt_sigprocmask', SIG_UNBLOCK, mask, 0, SIGSET_SIZE);
  own().sys.kill(own().sys.getpid(), signal);
}

function heard(name: string): Set<Listener> {
  const known = listeners.get(name);
  if (known !== undefined) return known;
  const all = new Set<Listener>();
  listeners.set(name, all);
  const signal = SIGNALS[name.slice(3) as keyof typeof SIGNALS];
  own().loop.onSignal(signal, () => {
    if (all.size === 0) endBy(signal);
    for (const listener of all) listener(name);
  });
  return all;
}

export const ownProcess = {
  get env(): Record<string, string> {
    environment ??= Object.fromEntries(
      own().environment.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    return environment;
  },
  stdin: input,
  stdout: new Output(1),
  stderr: new Output(2),
  on: (signal: string, listener: Listener): void => void heard(signal).add(listener),
  once: (signal: string, listener: Listener): void => void heard(signal).add(listener),
  off: (signal: string, listener: Listener): void => void heard(signal).delete(listener),
  exit: (code: number): never => own().sys.exit(code),
  getuid: (): number => attempt('getuid'),
};
