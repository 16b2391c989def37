/**
 * The end of a machine.
 *
 *   running --beginPowerOff--> services stopped --> SIGTERM --gone or 5 s--> SIGKILL --gone or 2 s--> disks safe --> reboot(2)
 *
 * The microvm has no ACPI: after reboot(POWER_OFF) QEMU runs on with a halted CPU (measured), so that both ways end in
 * a reset, which QEMU (-no-reboot) takes as its end; the host knows from the goodbye which of the two was meant.
 */
import { ERRNO, MS_RDONLY, MS_REMOUNT, SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';

export type PowerAction = 'poweroff' | 'reboot';

const SIGTERM = SIGNALS.TERM;
const SIGKILL = SIGNALS.KILL;
const EVERYBODY = -1;
/** How long processes may take after SIGTERM; services had their own time before. */
const TERM_MS = 5000;
/** After SIGKILL a process ends as soon as its disk answers. */
const KILL_MS = 2000;
const FIRST_OWN_FD = 3;
const FD_MAX = 0xffffffff;
// waitid(2)
const P_ALL = 0;
const WNOHANG = 0x1;
const WEXITED = 0x4;
const WNOWAIT = 0x1000000;

export interface PowerHooks {
  /** Stops services in reverse order; calls back when done. */
  stopServices(done: () => void): void;
  /** Tells the host that this end is meant; calls back when the words are on their way. */
  goodbye(action: PowerAction, done: () => void): void;
  /** The end has begun. */
  begun(action: PowerAction): void;
  /** Writes down what the journal still holds. */
  syncJournal(): void;
  log(line: string): void;
}

export class Power {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #hooks: PowerHooks;
  #begun = false;

  constructor(sys: Sys, loop: Loop, hooks: PowerHooks) {
    this.#sys = sys;
    this.#loop = loop;
    this.#hooks = hooks;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** The whole way; a second call changes nothing. */
  begin(action: PowerAction): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#hooks.begun(action);
    this.#hooks.log(action === 'poweroff' ? 'Powering off.' : 'Rebooting.');
    this.#hooks.stopServices(() => this.#endProcesses(() => this.now(action)));
  }

  /** Disks and goodbye only: `systemctl --force --force`, and the end of the long way. */
  now(action: PowerAction): void {
    this.#begun = true;
    this.#hooks.goodbye(action, () => {
      const sys = this.#sys;
      this.#hooks.syncJournal();
      // Our own open files (journals) would keep the root from becoming read-only.
      sys.attempt('close_range', FIRST_OWN_FD, FD_MAX, 0);
      sys.sync();
      const failed = sys.attempt('mount', '', '/', '', MS_REMOUNT | MS_RDONLY, '') < 0;
      if (failed) this.#hooks.log('the root file system is still in use: its journal will be replayed');
      sys.reboot('reboot');
    });
  }

  #endProcesses(done: () => void): void {
    this.#signalAll(SIGTERM, TERM_MS, () => this.#signalAll(SIGKILL, KILL_MS, done));
  }

  /** Calls back when no process is left, or after `ms`. */
  #signalAll(signal: number, ms: number, done: () => void): void {
    // ESRCH: there was none.
    this.#sys.attempt('kill', EVERYBODY, signal);
    let over = false;
    const finish = (): void => {
      if (!over) done();
      over = true;
    };
    const timer = this.#loop.after(ms, finish);
    const look = (): void => {
      if (over || !this.#alone()) return;
      timer.cancel();
      finish();
    };
    this.#loop.onReap(look);
    look();
  }

  /** True when PID 1 has no child: every process is a descendant of it, and orphans become its own. */
  #alone(): boolean {
    return this.#sys.attempt('waitid', P_ALL, 0, 0, WEXITED | WNOHANG | WNOWAIT, 0) === -ERRNO.ECHILD;
  }
}
