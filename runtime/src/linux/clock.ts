/** Clocks and randomness. */
import { monotonicMs, realtimeMs } from 'native';
import { attempt, check, view } from './kernel.ts';

export { monotonicMs, realtimeMs };

const CLOCK_REALTIME = 0;
/** The kernel's answer to one getrandom is complete up to this size. */
const RANDOM_SIZE_MAX = 256;

/** struct timespec of a time in ms. */
export function timespec(ms: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const seconds = Math.floor(ms / 1000);
  view(bytes).setBigInt64(0, BigInt(seconds), true);
  view(bytes).setUint32(8, Math.min(999_999_999, Math.floor((ms - seconds * 1000) * 1e6)), true);
  return bytes;
}

export const setRealtime = (ms: number): void =>
  void check(attempt('clock_settime', CLOCK_REALTIME, timespec(ms)), 'set the clock');

export function random(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += RANDOM_SIZE_MAX) {
    const part = bytes.subarray(at, at + RANDOM_SIZE_MAX);
    check(attempt('getrandom', part, part.length, 0), 'getrandom');
  }
  return bytes;
}
