/**
 * The end of a machine.
 *
 *   running --beginPowerOff--> services stopped --> SIGTERM to all --gone or 5 s--> SIGKILL --> disks safe --> reboot(2)
 *
 * The microvm has no ACPI: after reboot(POWER_OFF) QEMU runs on with a halted CPU (measured), so that both ways end in
 * a reset, which QEMU (-no-reboot) takes as its end; the host knows from the goodbye which of the two was meant.
 */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';

export type PowerAction = 'poweroff' | 'reboot';

const SIGTERM = 15;
const SIGKILL = 9;
const EVERYBODY = -1;
/** How long processes may take after SIGTERM; services had their own time before. */
const GRACE_MS = 5000;
const MS_RDONLY = 0x1;
const MS_REMOUNT = 0x20;

export interface PowerHooks {
  /** Stops services in reverse order; calls back when done. */
  stopServices(done: () => void): void;
  /** Tells the host that this end is meant; calls back when the words are on their way. */
  goodbye(action: PowerAction, done: () => void): void;
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
    this.#hooks.log(action === 'poweroff' ? 'Powering off.' : 'Rebooting.');
    this.#hooks.stopServices(() => this.#endProcesses(() => this.now(action)));
  }

  /** Disks and goodbye only: `systemctl --force --force`, and the end of the long way. */
  now(action: PowerAction): void {
    this.#begun = true;
    this.#hooks.goodbye(action, () => {
      this.#attempt('sync', () => this.#sys.sync());
      this.#attempt('remount /', () => this.#sys.mount('', '/', '', MS_REMOUNT | MS_RDONLY, ''));
      this.#sys.reboot('reboot');
    });
  }

  #endProcesses(done: () => void): void {
    this.#attempt('SIGTERM', () => this.#sys.kill(EVERYBODY, SIGTERM));
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      this.#attempt('SIGKILL', () => this.#sys.kill(EVERYBODY, SIGKILL));
      done();
    };
    const timer = this.#loop.after(GRACE_MS, finish);
    const look = (): void => {
      if (this.#alone()) {
        timer.cancel();
        finish();
      }
    };
    this.#loop.onReap(look);
    look();
  }

  /** True when no user process but PID 1 is left; kernel threads have no executable. */
  #alone(): boolean {
    for (const { name } of this.#sys.readdir('/proc', 100_000)) {
      if (name === '1' || !/^\d+$/.test(name)) continue;
      try {
        this.#sys.readlink(`/proc/${name}/exe`);
        return false;
      } catch {
        // a kernel thread, or gone meanwhile
      }
    }
    return true;
  }

  /** ESRCH when nobody is left, EBUSY when a file is still open for writing: the end goes on. */
  #attempt(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#hooks.log(`${what}: ${String(error)}`);
    }
  }
}
