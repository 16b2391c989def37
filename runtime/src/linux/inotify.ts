/** Changes of watched paths (inotify(7)). */
import type { Fd } from '../sys.ts';
import { O_CLOEXEC, O_NONBLOCK } from './constants.ts';
import { attempt, check } from './kernel.ts';

/** IN_CLOEXEC and IN_NONBLOCK are the O_ numbers. */
export const inotify = (): Fd => check(attempt('inotify_init1', O_CLOEXEC | O_NONBLOCK), 'watch paths');
export const inotifyAdd = (fd: Fd, path: string, mask: number): number =>
  check(attempt('inotify_add_watch', fd, path, mask), 'watch', path);
export const inotifyRemove = (fd: Fd, watch: number): void =>
  void check(attempt('inotify_rm_watch', fd, watch), 'stop watching', watch);
