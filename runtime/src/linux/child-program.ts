/** Turns a SpawnSpec into the list of system calls that the child makes (struct step of native/native.h). */
import { address, encodeLossless } from 'native';
import { type ChildArgument, type ChildCall, type Fd, SpawnError, type SpawnSpec } from '../sys.ts';
import * as c from './constants.ts';
import { view } from './kernel.ts';
import { numberOf } from './numbers.ts';

const STEP_SIZE = 64;
const CLOSE_RANGE_CLOEXEC = 4;
const DESCRIPTOR_MAX = 0xffffffff;
const SIG_SETMASK = 2;
/** Size of the kernel's sigset_t, and of its struct sigaction. */
const SIGSET_SIZE = 8;
const SIGACTION_SIZE = 32;
/** systemd.exec(5) */
const EXIT_EXEC = 203;
const EXIT_FDS = 202;

/** Digits of the largest pid, and more. */
const PID_DIGITS = 11;

/** A word in memory, low half first, of which the high half is 0 so far: negative, or a pointer (below 2^48). */
function putWord(into: Int32Array, index: number, value: number): void {
  into[index] = value;
  if (value < 0 || value >= 2 ** 32) into[index + 1] = Math.floor(value / 2 ** 32);
}

export class ChildProgram {
  readonly steps: ChildCall[] = [];
  /** Whatever the packed steps point to; must live until the child has exec'd. */
  readonly #kept: Uint8Array[] = [];
  readonly #moved = new Map<Fd, Fd>();
  /** All below are taken, so that this is what an open gives. */
  readonly #scratch: Fd;

  /** @param ignored signals that this process ignores; a child starts with all of them at their default */
  constructor(spec: SpawnSpec, ignored: readonly number[]) {
    this.#scratch = spec.fds.length;
    this.#arrange(spec);
    this.#own('close_range', EXIT_FDS, spec.fds.length, DESCRIPTOR_MAX, CLOSE_RANGE_CLOEXEC);
    const byDefault = new Uint8Array(SIGACTION_SIZE);
    for (const signal of ignored) this.#own('rt_sigaction', EXIT_EXEC, signal, byDefault, 0, SIGSET_SIZE);
    const env = pointers(this.#environment(spec));
    this.steps.push(...spec.calls);
    this.#own('rt_sigprocmask', EXIT_EXEC, SIG_SETMASK, new Uint8Array(SIGSET_SIZE), 0, SIGSET_SIZE);
    this.#own('execve', EXIT_EXEC, spec.path, pointers(this.#texts(spec.argv)), env);
  }

  #own(call: ChildCall['call'], exit: number, ...args: readonly ChildArgument[]): void {
    this.steps.push({ call, exit, args });
  }

  /** fds[n] becomes n. What lies in the way of these or of the scratch descriptor and is wanted later moves first. */
  #arrange({ fds, calls }: SpawnSpec): void {
    const count = fds.length;
    const named = parentFds(calls);
    const wanted = fds.filter((fd, n) => fd !== n && fd < count);
    const inTheWay = [...wanted, ...named.filter((fd) => fd <= this.#scratch)];
    let free = Math.max(count, ...fds, ...named) + 1;
    for (const fd of new Set(inTheWay)) {
      this.#own('dup3', EXIT_FDS, fd, free, c.O_CLOEXEC);
      this.#moved.set(fd, free++);
    }
    fds.forEach((fd, n) => {
      if (fd === n) this.#own('fcntl', EXIT_FDS, n, c.F_SETFD, 0);
      else this.#own('dup3', EXIT_FDS, this.#moved.get(fd) ?? fd, n, 0);
    });
  }

  /** Addresses of C strings: encoded together, which costs as much as one of them. */
  #texts(texts: readonly string[]): number[] {
    if (texts.length === 0) return [];
    const joined = `${texts.join('\0')}\0`;
    if (joined.split('\0').length !== texts.length + 1) {
      const bad = texts.find((text) => text.includes('\0')) ?? '';
      throw new SpawnError(`spawn ${bad.replaceAll('\0', '\\0')}`, c.ERRNO.EINVAL, 'EINVAL', EXIT_EXEC);
    }
    const bytes = encodeLossless(joined);
    this.#kept.push(bytes);
    const isAscii = bytes.length === joined.length;
    const base = address(bytes);
    let at = 0;
    return texts.map((text) => {
      const start = at;
      at = isAscii ? at + text.length + 1 : bytes.indexOf(0, at) + 1;
      return base + start;
    });
  }

  /** A variable that holds the child's pid stands where `env` has it without a value, else at the end. */
  #environment({ env, pidVariables = [] }: SpawnSpec): number[] {
    const all = [...env];
    for (const name of pidVariables) if (!all.includes(`${name}=`)) all.push(`${name}=`);
    const addresses = this.#texts(all);
    for (const name of pidVariables) addresses[all.indexOf(`${name}=`)] = address(this.#pidVariable(name));
    return addresses;
  }

  /** `NAME=` and room, into which the child reads where /proc/self leads: its pid in digits. */
  #pidVariable(name: string): Uint8Array {
    const start = encodeLossless(`${name}=`);
    const variable = new Uint8Array(start.length + PID_DIGITS + 1);
    variable.set(start);
    this.#kept.push(variable);
    this.#own('readlinkat', EXIT_EXEC, c.AT_FDCWD, '/proc/self', variable.subarray(start.length), PID_DIGITS);
    return variable;
  }

  #word(arg: ChildArgument): number {
    if (typeof arg === 'number') return arg;
    if (typeof arg === 'string') return this.#texts([arg])[0] ?? 0;
    if (isParentFd(arg)) return this.#moved.get(arg.parentFd) ?? arg.parentFd;
    if ('scratchFd' in arg) return this.#scratch;
    this.#kept.push(arg);
    return address(arg);
  }

  pack(): Uint8Array {
    const words = new Int32Array((STEP_SIZE / 4) * this.steps.length);
    let at = 0;
    for (const step of this.steps) {
      words[at] = numberOf(step.call);
      words[at + 2] = step.optional === true ? 1 : 0;
      let next = at + 4;
      for (const arg of step.args) {
        putWord(words, next, this.#word(arg));
        next += 2;
      }
      at += STEP_SIZE / 4;
    }
    return new Uint8Array(words.buffer);
  }

  /** 'execve /bin/x', 'chdir /nowhere' */
  describe(index: number): { what: string; exit: number } {
    const step = this.steps[index];
    if (step === undefined) return { what: 'spawn', exit: EXIT_EXEC };
    const texts = step.args.filter((arg) => typeof arg === 'string');
    const object = step.call === 'mount' ? texts[1] : texts[0]; // where, not what
    return { what: object === undefined ? step.call : `${step.call} ${object}`, exit: step.exit };
  }
}

/** char *[], ended by NULL */
function pointers(addresses: readonly number[]): Uint8Array {
  const words = new Int32Array(2 * (addresses.length + 1));
  let at = 0;
  for (const address of addresses) {
    putWord(words, at, address);
    at += 2;
  }
  return new Uint8Array(words.buffer);
}

function parentFds(calls: readonly ChildCall[]): Fd[] {
  const fds: Fd[] = [];
  for (const { args } of calls)
    for (const arg of args) if (typeof arg === 'object' && isParentFd(arg)) fds.push(arg.parentFd);
  return fds;
}

function isParentFd(arg: ChildArgument): arg is { readonly parentFd: Fd } {
  return typeof arg === 'object' && 'parentFd' in arg;
}

/** @returns index of the failed step (-1: none) and its errno */
export const readOutcome = (outcome: Uint8Array): { index: number; errno: number } => ({
  index: view(outcome).getInt32(0, true),
  errno: view(outcome).getInt32(4, true),
});
