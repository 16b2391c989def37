/** What native/native.c offers. Only linux/, loop/ and the start of a program import it. */
declare module 'native' {
  type Word = number | bigint | string | Uint8Array | undefined;
  /**
   * One system call by its number. A string goes as a NUL-terminated C string, a Uint8Array by its address. EINTR is
   * retried.
   * @returns its result, or -errno; -EINVAL for a string with a NUL in it
   */
  export function syscall(nr: number, ...args: Word[]): number;
  /** syscall() that waits for events: it alone ends with -EINTR, and obeys fatal signals that others send. */
  export function waitingCall(nr: number, ...args: Word[]): number;
  /**
   * read or write, again and again until the bytes are used up or the call gives nothing more.
   * @returns how many bytes, or the first call's 0 or -errno
   */
  export function transfer(nr: number, fd: number, bytes: Uint8Array): number;
  /**
   * One read; before it returns, what came is also written to the file `copy`: byte `n` at 4096 + n % ring, and the new
   * count, `count` and what came, as 64 bits to its beginning.
   * @returns how many bytes, 0, or -errno
   */
  export function readKept(fd: number, into: Uint8Array, copy: number, count: number, ring: number): number;
  /**
   * write() as transfer() does it; before it returns, the new count, `count` and what was written, is written as 64 bits to
   * the file `copy` at 8.
   */
  export function writeKept(fd: number, bytes: Uint8Array, copy: number, count: number): number;
  /** Looks at every step-th byte from index `from` on. @returns the first index where it is `byte`, or -1 */
  export function probe(bytes: Uint8Array, byte: number, from: number, step: number): number;
  /** `count` frames of `size` bytes that begin `stride` apart, until one holds `byte` `run` times in a row. @returns bytes taken */
  export function writeFrames(
    to: number,
    bytes: Uint8Array,
    count: number,
    stride: number,
    size: number,
    byte: number,
    run: number,
  ): number;
  /** Address of the first byte, valid as long as the buffer lives. */
  export function address(bytes: Uint8Array): number;
  /**
   * @param steps 64 bytes each: number, optional, six arguments
   * @param cgroup descriptor, or -1
   * @param outcome two int32: index of the step that failed, or -1; its errno
   * @returns the child's pid or -errno
   */
  export function spawn(steps: Uint8Array, cgroup: number, outcome: Uint8Array): number;
  /** Bad bytes become U+FFFD. */
  export function decode(bytes: Uint8Array): string;
  /** Bad bytes become lone surrogates U+DC80..U+DCFF. */
  export function decodeLossless(bytes: Uint8Array): string;
  /** Lone surrogates become U+FFFD. */
  export function encode(text: string): Uint8Array<ArrayBuffer>;
  /** Lone surrogates U+DC80..U+DCFF become single bytes. A NUL follows the bytes in memory: their address is a C string. */
  export function encodeLossless(text: string): Uint8Array<ArrayBuffer>;
  /**
   * Runs a callback and all promise jobs that are then due, and ends it when it takes longer (0: no limit).
   * @returns what was thrown, or rejected and not handled; undefined when there is nothing
   */
  export function guard(run: () => void, limitMs: number): unknown[] | undefined;
  export function monotonicMs(): number;
  export function realtimeMs(): number;
  /** The processor's own counter: TSC on x86-64, the generic timer on arm64. */
  export function cycles(): number;
  export function args(): string[];
  /** `NAME=value` */
  export function environment(): string[];
  /**
   * Calls `main` when the program runs: modules may have been evaluated long before, when the program was built. A program
   * of which that is true asks the kernel, the clock and the arguments for nothing until then.
   */
  export function whenStarted(main: () => void): void;
  /** What a script of the binary exports, read and evaluated at once (tools/lohar/parts.ts). */
  export function readPart(script: string): Readonly<Record<string, unknown>>;
  /** Written by tools/lohar/line-map.ts. */
  export function lineMap(): Uint8Array;
  /**
   * A fatal signal executes /proc/self/exe anew: a fault at once, what others send during the next waitingCall().
   * @param argv addresses of C strings, the last 0
   * @param digits where the signal's number is written, two decimal digits
   * @param descriptors int32: how many, then the descriptors that stay open
   */
  export function surviveCrashes(argv: Uint8Array, digits: Uint8Array, descriptors: Uint8Array): void;
  /** After surviveCrashes(): an allocation that fails is a fault, so that nothing goes on that is half done. */
  export function crashWhenOutOfMemory(): void;
  /** Frees cycles of objects, and gives memory that is free back to the kernel: 5 ms for 10,000 objects. */
  export function collectGarbage(): void;
  /** Lets go of the pages of the program's file: the kernel has them, and maps those again that are used. */
  export function dropProgram(): void;
  /** Bytes of the JavaScript heap. */
  export function heapSize(): number;
  /** More than this many bytes: allocations throw. */
  export function setHeapLimit(bytes: number): void;
  /** An allocation failed since the limit was set, or a callback was ended: what it changed may be half done. */
  export function isBroken(): boolean;
}
