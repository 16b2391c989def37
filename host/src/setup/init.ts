/** The host's init, as far as one service of ours concerns it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Init } from './record.ts';
import { attempt, perform } from './run.ts';
import { type Service, startScript, systemdUnit } from './service-files.ts';

const UNIT = 'bhatti.service';
const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
const SCRIPT = '/etc/init.d/bhatti';
/** There where systemd is PID 1: sd_booted(3). */
const BOOTED = '/run/systemd/system';

export interface ServiceManager {
  /** The unit or script. */
  readonly file: string;
  readonly mode: number;
  /** As a person types it. */
  readonly startCommand: readonly string[];
  /** Ends well while it runs, also for who is not root. */
  readonly statusCommand: readonly string[];
  /** Where it says why it failed. */
  readonly lookInto: string;
  text(service: Service): string;
  /** The file changed, or is new: it starts at boot from now on. */
  enable(): void;
  running(): boolean;
  /** Starts it, anew when it runs. */
  restart(): void;
  /** Stops it, and takes it away. */
  remove(): void;
}

const SYSTEMD: ServiceManager = {
  file: UNIT_FILE,
  mode: 0o644,
  startCommand: ['systemctl', 'start', UNIT],
  statusCommand: ['systemctl', '--quiet', 'is-active', UNIT],
  lookInto: `journalctl -u ${UNIT}`,
  text: systemdUnit,
  enable() {
    perform('systemctl', 'daemon-reload');
    perform('systemctl', '--quiet', 'enable', UNIT);
  },
  running: () => attempt('systemctl', 'is-active', UNIT).ok && attempt('systemctl', 'is-enabled', UNIT).ok,
  restart: () => perform('systemctl', 'restart', UNIT),
  remove() {
    perform('systemctl', '--quiet', 'disable', '--now', UNIT);
    rmSync(UNIT_FILE, { force: true });
    perform('systemctl', 'daemon-reload');
    attempt('systemctl', 'reset-failed', UNIT); // says no where it did not fail
  },
};

const START_SCRIPT: ServiceManager = {
  file: SCRIPT,
  mode: 0o755,
  startCommand: [SCRIPT, 'start'],
  statusCommand: [SCRIPT, 'status'],
  lookInto: '/var/lib/bhatti/daemon.out',
  text: startScript,
  enable: () => perform('update-rc.d', 'bhatti', 'defaults'),
  running: () => existsSync(SCRIPT) && attempt(SCRIPT, 'status').ok,
  restart: () => perform(SCRIPT, 'restart'),
  remove() {
    perform(SCRIPT, 'stop');
    rmSync(SCRIPT, { force: true });
    perform('update-rc.d', 'bhatti', 'remove');
  },
};

export function thisInit(): Init {
  return existsSync(BOOTED) ? 'systemd' : 'script';
}

export function serviceManager(init: Init): ServiceManager {
  return init === 'systemd' ? SYSTEMD : START_SCRIPT;
}

/** @returns whether the file was another */
export function writeServiceFile(manager: ServiceManager, service: Service): boolean {
  const text = manager.text(service);
  if (existsSync(manager.file) && readFileSync(manager.file, 'utf8') === text) return false;
  writeFileSync(manager.file, text, { mode: manager.mode });
  return true;
}
