import { setTimeout as pause } from 'node:timers/promises';
import type { Vm } from './vm.ts';

const POLL_MS = 2;

/** Resolves when a machine that begins with a state, and is to stand still, has loaded it: QEMU is asked, for it says nothing. */
export async function untilLoaded(vm: Vm): Promise<void> {
  const ended = vm.ended.then(({ reason }) => {
    throw new Error(reason);
  });
  ended.catch(() => undefined);
  const monitor = await Promise.race([vm.monitor(), ended]);
  for (;;) {
    const { status } = (await Promise.race([monitor.execute('query-status'), ended])) as { status?: unknown };
    if (status === 'paused') return;
    await pause(POLL_MS);
  }
}
