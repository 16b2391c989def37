import type { Sys } from '@bhatti/runtime/sys.ts';

const SPAN_MS = 200;
/** Of so many readings at each end the one that took least time counts. */
const READINGS = 50;

interface Reading {
  readonly ms: number;
  readonly cycles: number;
}

/** Clock and counter at the same instant: the clock is read between two readings of the counter. */
function reading(sys: Sys): Reading {
  let best: Reading & { readonly width: number } = { ms: 0, cycles: 0, width: Number.POSITIVE_INFINITY };
  for (let i = 0; i < READINGS; i += 1) {
    const before = sys.cycles();
    const ms = sys.monotonicMs();
    const after = sys.cycles();
    if (after - before < best.width) best = { ms, cycles: (before + after) / 2, width: after - before };
  }
  return best;
}

/**
 * Rate of the processor's counter in kHz against CLOCK_MONOTONIC, to some 5 parts in a million; takes 0.2 s. The
 * kernel's own calibration may be off by ten times as much, and an emulated guest would go wrong by it for good.
 */
export function counterKhz(sys: Sys): number {
  const first = reading(sys);
  while (sys.monotonicMs() - first.ms < SPAN_MS);
  const last = reading(sys);
  return Math.round((last.cycles - first.cycles) / (last.ms - first.ms));
}
