/** How processes are stopped. Facts: systemd.kill(5). */
import { SIGABRT, SIGKILL, SIGTERM } from '../value/signal.ts';
import { boolean, oneOf, signal } from './basic-readers.ts';
import { directive, type Reader, type SettingsOf } from './directive.ts';

const KILL_MODES = ['control-group', 'process', 'mixed', 'none'] as const;
const anyKillMode = oneOf(KILL_MODES, 'Failed to parse kill mode specification');

const killMode: Reader<(typeof KILL_MODES)[number]> = (value, at, before) => {
  const mode = anyKillMode(value, at, before);
  if (mode === 'none')
    at.warn(
      "Unit uses KillMode=none. This is unsafe, as it disables systemd's process lifecycle management for the service. Please update the service to use a safer KillMode=, such as 'mixed' or 'control-group'. Support for KillMode=none is deprecated and will eventually be removed.",
    );
  return mode;
};

export const KILL_TABLE = {
  KillMode: directive(killMode, 'control-group', 'kill'),
  KillSignal: directive(signal, SIGTERM, 'kill'),
  /** 0: as KillSignal=. */
  RestartKillSignal: directive(signal, 0, 'kill'),
  FinalKillSignal: directive(signal, SIGKILL, 'kill'),
  WatchdogSignal: directive(signal, SIGABRT, 'kill'),
  SendSIGKILL: directive(boolean, true, 'kill'),
  SendSIGHUP: directive(boolean, false, 'kill'),
} as const;

export type KillSettings = SettingsOf<typeof KILL_TABLE>;
