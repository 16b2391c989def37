/**
 * What tests do to PID 1 (tests/boot/immortal.test.ts). Only root may send it a signal, and could as well kill it with
 * SIGSEGV.
 */
import { SIGRTMIN } from '@bhatti/runtime/linux/constants.ts';
import { limitGrowth } from '@bhatti/runtime/memory.ts';
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';

const HANG = SIGRTMIN + 17;
const EXHAUST = SIGRTMIN + 18;
const UNIT_SIZE = 16;

export function obeyFaults(sys: Pick<Sys, 'random'>, loop: Pick<Loop, 'onSignal'>): void {
  loop.onSignal(HANG, () => {
    for (;;);
  });
  // An allocation of some later callback fails: which one is chance.
  loop.onSignal(EXHAUST, () => limitGrowth((sys.random(1)[0] ?? 0) * UNIT_SIZE));
}
