/** Globals of Node that the client's source uses and our runtime has not. */
import { own } from '../own.ts';
import { AbortController, AbortSignal } from './abort.ts';
import { OwnBuffer } from './buffer.ts';
import { ownProcess } from './process.ts';
import { StreamDecoder } from './stream-decoder.ts';

const clock = { now: () => own().sys.monotonicMs() };
const setTimeout = (run: () => void, ms: number) => own().loop.after(ms, run);
const clearTimeout = (timer: { cancel(): void } | undefined): void => timer?.cancel();

Object.assign(globalThis, {
  AbortController,
  AbortSignal,
  Buffer: OwnBuffer,
  TextDecoder: StreamDecoder,
  clearTimeout,
  performance: clock,
  process: ownProcess,
  setTimeout,
});
