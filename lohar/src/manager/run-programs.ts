/** Programs that the boot waits for before it starts units: generators, and what makes files in /run. */
import { O_RDWR } from '@bhatti/runtime/linux/constants.ts';
import { type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { SIGKILL, signalName } from '../unit/value/signal.ts';
import { errorText } from './launch/error-text.ts';
import type { ManagerLog } from './manager-log.ts';

/** One that hangs must not keep the machine from booting. */
const LIMIT_MS = 30_000;

export interface BootProgram {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Exit codes that nothing is said of. */
  readonly well: readonly number[];
}

export interface ProgramsHost {
  readonly sys: Sys;
  readonly loop: Loop;
  readonly log: ManagerLog;
}

/** All at once; what they write goes to the kernel's log. @param done called in this turn when nothing runs */
export function runPrograms(all: readonly BootProgram[], { sys, loop, log }: ProgramsHost, done: () => void): void {
  const running = new Set<number>();
  const kernelLog = sys.open('/dev/kmsg', O_RDWR);
  const nothing = sys.open('/dev/null', O_RDWR);
  for (const { path, args, env, well } of all)
    try {
      const pid = sys.spawn({ path, argv: [path, ...args], env, fds: [nothing, kernelLog, kernelLog], calls: [] });
      running.add(pid);
      loop.onExit(pid, (status) => {
        const isSignal = 'signal' in status;
        const how = isSignal
          ? `terminated by signal ${signalName(status.signal)}`
          : `failed with exit status ${status.code}`;
        if (isSignal || !well.includes(status.code)) log.write(null, 3, `${path} ${how}.`);
        running.delete(pid);
        if (running.size > 0) return;
        timer.cancel();
        done();
      });
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      log.write(null, 3, `Failed to execute ${path}: ${errorText(error.code)}`);
      log.write(null, 3, `${path} failed with exit status 1.`);
    }
  sys.close(kernelLog);
  sys.close(nothing);
  const timer = loop.after(LIMIT_MS, () => {
    for (const pid of running) sys.kill(pid, SIGKILL);
  });
  if (running.size === 0) {
    timer.cancel();
    done();
  }
}
