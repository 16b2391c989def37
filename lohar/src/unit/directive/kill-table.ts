/** How processes are stopped. Facts: systemd.kill(5). */
import { SIGABRT, SIGKILL, SIGTERM } from '../value/signal.ts';
import { boolean, oneOf, signal } from './basic-readers.ts';
import { directive, type SettingsOf } from './directive.ts';

export const KILL_TABLE = {
  KillMode: directive(
    oneOf(['control-group', 'process', 'mixed', 'none'], 'Failed to parse kill mode specification'),
    'control-group',
    'kill',
  ),
  KillSignal: directive(signal, SIGTERM, 'kill'),
  /** 0: as KillSignal=. */
  RestartKillSignal: directive(signal, 0, 'kill'),
  FinalKillSignal: directive(signal, SIGKILL, 'kill'),
  WatchdogSignal: directive(signal, SIGABRT, 'kill'),
  SendSIGKILL: directive(boolean, true, 'kill'),
  SendSIGHUP: directive(boolean, false, 'kill'),
} as const;

export type KillSettings = SettingsOf<typeof KILL_TABLE>;
