/** daemon.log: one JSON document a line, bounded to two files. */
import { renameSync, statSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { LogLevel } from './settings.ts';

const SIZE_MAX = 16 * 1024 * 1024;
const LOOK_EVERY_MS = 10 * 60_000;

export interface LogFile {
  readonly log: Logger;
  close(): void;
}

function isFull(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > SIZE_MAX;
}

export function openLog(path: string, level: LogLevel): LogFile {
  if (isFull(path)) renameSync(path, `${path}.1`);
  // Synchronous: a few lines a request, and none is lost when the daemon is killed.
  const file = destination({ dest: path, mode: 0o600, sync: true });
  const rotate = (): void => {
    if (!isFull(path)) return;
    renameSync(path, `${path}.1`);
    file.reopen();
  };
  const timer = setInterval(rotate, LOOK_EVERY_MS).unref();
  const log = pino({ level, base: { pid: process.pid } }, file as DestinationStream);
  return {
    log,
    close() {
      clearInterval(timer);
      file.end();
    },
  };
}
