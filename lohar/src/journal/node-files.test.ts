/** The file calls of the system port over Node's own, for tests that write real files into a folder of their own. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { type DirEntry, type Stat, SysError } from '@bhatti/runtime/sys.ts';
import type { WriterSys } from './writer.ts';

export class NodeFiles implements WriterSys {
  /** Call name -> what it throws, once each. */
  readonly faults: { call: string; code: string }[] = [];
  /** What statfs says is available, in bytes. */
  available = 1e12;
  now = 0;

  #run<T>(call: string, of: string, run: () => T): T {
    const fault = this.faults.findIndex((each) => each.call === call);
    if (fault >= 0) throw new SysError(`${call} ${of}`, 0, this.faults.splice(fault, 1)[0]?.code ?? '');
    try {
      return run();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
      throw new SysError(`${call} ${of}`, 0, code);
    }
  }
  open(file: string, flags: number, mode = 0o644): number {
    return this.#run('open', file, () => fs.openSync(file, flags, mode));
  }
  close(fd: number): void {
    this.#run('close', '', () => fs.closeSync(fd));
  }
  write(fd: number, from: Uint8Array): number {
    return this.#run('write', '', () => fs.writeSync(fd, from));
  }
  pread(fd: number, into: Uint8Array, offset: number): number {
    return this.#run('pread', '', () => fs.readSync(fd, into, 0, into.length, offset));
  }
  fstat(fd: number): Stat {
    return this.#run('fstat', '', () => toStat(fs.fstatSync(fd)));
  }
  lstat(file: string): Stat {
    return this.#run('lstat', file, () => toStat(fs.lstatSync(file)));
  }
  readdir(folder: string): DirEntry[] {
    return this.#run('readdir', folder, () => fs.readdirSync(folder).map((name) => ({ name, type: 'unknown' })));
  }
  mkdir(folder: string, mode: number): void {
    this.#run('mkdir', folder, () => fs.mkdirSync(folder, mode));
  }
  chmod(file: string, mode: number): void {
    this.#run('chmod', file, () => fs.chmodSync(file, mode));
  }
  /** Tests need not be root. */
  chown(): void {}
  rename(from: string, to: string): void {
    this.#run('rename', from, () => fs.renameSync(from, to));
  }
  unlink(file: string): void {
    this.#run('unlink', file, () => fs.unlinkSync(file));
  }
  ftruncate(fd: number, size: number): void {
    this.#run('ftruncate', '', () => fs.ftruncateSync(fd, size));
  }
  fsync(fd: number): void {
    this.#run('fsync', '', () => fs.fsyncSync(fd));
  }
  statfs(): ReturnType<WriterSys['statfs']> {
    return { blockSize: 1, blocks: 1e12, free: this.available, available: this.available, type: 0 };
  }
  monotonicMs(): number {
    return this.now;
  }
}

function toStat(stat: fs.Stats): Stat {
  return {
    type: stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'file',
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    size: stat.size,
    mtimeMs: stat.mtimeMs,
    ctimeMs: stat.ctimeMs,
    nlink: stat.nlink,
    id: `${stat.dev}:${stat.ino}`,
  };
}

/** A folder of its own, gone after the test. */
export function temporaryFolder(after: (run: () => void) => void): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bhatti-journal-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a fault is thrown once, as the kernel would', (t) => {
  const sys = new NodeFiles();
  sys.faults.push({ call: 'open', code: 'EMFILE' });
  const file = path.join(
    temporaryFolder((run) => t.after(run)),
    'x',
  );
  assert.throws(() => sys.open(file, fs.constants.O_CREAT), { code: 'EMFILE' });
  sys.close(sys.open(file, fs.constants.O_CREAT));
  assert.throws(() => sys.open(`${file}/y`, 0), { code: 'ENOTDIR' });
});
