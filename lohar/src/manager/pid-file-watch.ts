/** Waits for a PID file to be written, by inotify on its folder (and on those above while that is missing). */
import { type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';

/** CLOSE_WRITE | MOVED_TO | CREATE | ATTRIB */
const MASK = 0x8 | 0x80 | 0x100 | 0x4;

type WatchSys = Pick<Sys, 'inotify' | 'inotifyAdd' | 'read' | 'close' | 'access'>;

export class PidFileWatch {
  readonly #sys: WatchSys;
  readonly #loop: Loop;

  constructor(sys: WatchSys, loop: Loop) {
    this.#sys = sys;
    this.#loop = loop;
  }

  /** Calls `changed` whenever something happened there, and once at the beginning. @returns stops it */
  watch(path: string, changed: () => void): () => void {
    let stopped = false;
    const fd = this.#sys.inotify();
    this.#addDeepest(fd, path);
    const buffer = new Uint8Array(4096);
    const watch = this.#loop.watch(fd, 'in', () => {
      this.#sys.read(fd, buffer);
      // A folder may have appeared on the way to the file.
      this.#addDeepest(fd, path);
      changed();
    });
    return () => {
      if (stopped) return;
      stopped = true;
      watch.stop();
      this.#sys.close(fd);
    };
  }

  #addDeepest(fd: Fd, path: string): void {
    for (let folder = path.slice(0, path.lastIndexOf('/')); ; folder = folder.slice(0, folder.lastIndexOf('/'))) {
      try {
        this.#sys.inotifyAdd(fd, folder === '' ? '/' : folder, MASK);
        return;
      } catch (error) {
        if (!(error instanceof SysError) || folder === '') return;
      }
    }
  }
}
