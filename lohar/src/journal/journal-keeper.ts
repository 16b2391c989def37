/** What the journal must know after PID 1 executed itself anew: its sockets, and the streams that it reads. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';
import type { StreamState } from './stream.ts';

const SOCKETS_KEY = 'journal';
const STREAM_KEY = 'stream:';

/** Descriptors; -1: there is none. */
export interface JournalSockets {
  readonly syslog: Fd;
  readonly native: Fd;
  readonly stdout: Fd;
  readonly kernel: Fd;
}

const NO_SOCKETS: JournalSockets = { syslog: -1, native: -1, stdout: -1, kernel: -1 };

export class JournalKeeper {
  readonly #kept: Kept;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /** Sockets of the image before this one that are still open. */
  takeSockets(): JournalSockets {
    const text = this.#kept.takeOne(SOCKETS_KEY);
    if (text === undefined) return NO_SOCKETS;
    const { syslog, native, stdout, kernel } = JSON.parse(text) as JournalSockets;
    const usable = (fd: Fd): Fd => (fd >= 0 && this.#kept.isInherited(fd) ? fd : -1);
    return { syslog: usable(syslog), native: usable(native), stdout: usable(stdout), kernel: usable(kernel) };
  }

  takeStreams(): StreamState[] {
    const states = [...this.#kept.take(STREAM_KEY).values()].map((text) => JSON.parse(text) as StreamState);
    return states.filter(({ fd }) => this.#kept.isInherited(fd));
  }

  sockets(sockets: JournalSockets): void {
    for (const fd of [sockets.syslog, sockets.native, sockets.stdout, sockets.kernel])
      if (fd >= 0) this.#kept.holdOpen(fd);
    this.#kept.put(SOCKETS_KEY, JSON.stringify(sockets));
  }

  begun(state: StreamState): void {
    this.#kept.holdOpen(state.fd);
    this.changed(state);
  }

  changed(state: StreamState): void {
    this.#kept.put(STREAM_KEY + state.fd, JSON.stringify(state));
  }

  ended(fd: Fd): void {
    this.#kept.remove(STREAM_KEY + fd);
    this.#kept.letGo(fd);
  }
}
