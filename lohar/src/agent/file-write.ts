/**
 * One file from the host, all of it or nothing: into a temporary file beside it, fsync, rename, fsync of the folder.
 * Whatever goes wrong, the temporary file is removed and what was there before stays.
 */
import {
  AT_FDCWD,
  ERRNO,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_WRONLY,
} from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { STDIN } from '@bhatti/wire/messages.ts';
import { asFileError, fileError } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { FileSink } from './file-sink.ts';
import { absolute, fileStat, notRegular, parentOf } from './files.ts';
import { defaultAccount } from './launch.ts';

const NAME_TRIES_MAX = 100;

export function serveWrite(context: AgentContext, stream: GuestStream, request: RequestOf<'file.write'>): void {
  new FileWrite(context, stream, request);
}

interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

class FileWrite {
  readonly #context: AgentContext;
  readonly #sys: Sys;
  readonly #stream: GuestStream;
  readonly #path: string;
  readonly #ownership: Ownership;
  readonly #temporary: string;
  #fd: Fd | null;
  readonly #sink: FileSink;

  constructor(context: AgentContext, stream: GuestStream, request: RequestOf<'file.write'>) {
    this.#context = context;
    this.#sys = context.sys;
    this.#stream = stream;
    const asked = absolute('write', request.path);
    this.#path = asFileError(`write ${asked}`, () => this.#resolve(asked));
    const existing = this.#existing();
    this.#ownership = ownershipOf(context, request, existing);
    [this.#fd, this.#temporary] = asFileError(`write ${asked}`, () => this.#openTemporary());
    this.#sink = new FileSink(context.sys, this.#fd, context.blocks);
    stream.handle({
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a file has no channel ${channel}`);
        else this.#attempt(() => this.#write(bytes));
      },
      onEnd: () => this.#attempt(() => this.#finish()),
      onClose: () => this.#giveUp(),
    });
    stream.widen(STDIN); // what comes is written at once, nothing is kept
  }

  /** Where the path leads: writing to a symbolic link changes what it points to, as a shell's > does. */
  #resolve(path: string): string {
    if (path.endsWith('/')) throw new SysError(`open ${path}`, ERRNO.EISDIR, 'EISDIR');
    const link = this.#sys.access(path, 0) && this.#sys.lstat(path).type === 'symlink';
    return link ? this.#sys.realpath(path) : path;
  }

  #existing(): Stat | null {
    if (!this.#sys.access(this.#path, 0)) return null;
    const stat = this.#sys.stat(this.#path);
    if (stat.type === 'directory') throw fileError(`write ${this.#path}`, new SysError('open', ERRNO.EISDIR, 'EISDIR'));
    if (stat.type !== 'file') throw notRegular(`write ${this.#path}`);
    return stat;
  }

  #openTemporary(): [Fd, string] {
    for (let tries = 0; ; tries++) {
      const suffix = [...this.#sys.random(6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const path = `${parentOf(this.#path)}/.bhatti-${suffix}`;
      try {
        return [this.#sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600), path];
      } catch (error) {
        if (!(error instanceof SysError) || error.code !== 'EEXIST' || tries >= NAME_TRIES_MAX) throw error;
      }
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.#fd === null) return;
    this.#sink.write(bytes);
    this.#stream.consumed(STDIN, bytes.length);
  }

  #finish(): void {
    if (this.#fd === null) return;
    const { mode, uid, gid } = this.#ownership;
    this.#sys.fchown(this.#fd, uid, gid); // first: it clears suid and sgid
    this.#sys.fchmod(this.#fd, mode);
    this.#sink.finish();
    this.#hold();
    this.#sys.rename(this.#temporary, this.#path);
    this.#sys.close(this.#fd);
    this.#fd = null;
    this.#syncFolder();
    this.#stream.message({ is: 'stat', stat: fileStat(this.#sys, this.#path, this.#sys.stat(this.#path)) });
    this.#stream.close();
  }

  /** What is replaced is freed once the answer has left: of a large file that takes the kernel a tenth of a second. */
  #hold(): void {
    const { loop, whenSent } = this.#context;
    const fd = this.#sys.attempt('openat', AT_FDCWD, this.#path, O_PATH | O_CLOEXEC, 0);
    if (fd >= 0) loop.defer(() => whenSent(() => this.#sys.close(fd as Fd)));
  }

  #syncFolder(): void {
    const folder = this.#sys.open(parentOf(this.#path), O_RDONLY | O_DIRECTORY);
    this.#sys.fsync(folder);
    this.#sys.close(folder);
  }

  #attempt(run: () => void): void {
    try {
      asFileError(`write ${this.#path}`, run);
    } catch (error) {
      this.#giveUp();
      throw error; // the stream closes with it
    }
  }

  #giveUp(): void {
    if (this.#fd === null) return;
    this.#sink.stop();
    this.#sys.close(this.#fd);
    this.#fd = null;
    this.#sys.unlink(this.#temporary);
  }
}

/** What the request says; else what the file had; else the default user's, 0644. */
function ownershipOf(context: AgentContext, request: RequestOf<'file.write'>, existing: Stat | null): Ownership {
  const mode = request.mode ?? existing?.mode ?? 0o644;
  if (request.user === undefined && existing) return { mode, uid: existing.uid, gid: existing.gid };
  const { uid, gid } = request.user === undefined ? defaultAccount(context) : context.accounts.find(request.user);
  return { mode, uid, gid };
}
