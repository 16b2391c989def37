/** Runs a client's main function in the test's own process, over real files and an answering PID 1 made of data. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Reply, Request } from '../control/protocol.ts';
import { NodeFiles } from '../journal/node-files.test.ts';
import { decodeBytes, encodeBytes } from '../journal/text.ts';
import { type Main, type ProgramSys, runProgram } from './program.ts';

class Exited extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

export interface FakeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing: PID 1 is not lohar. */
  readonly answer?: (request: Request) => readonly Exclude<Reply, { is: 'end' }>[];
  readonly terminal?: { rows: number; cols: number };
  readonly uid?: number;
  readonly nowMs?: number;
  /** Added before every path. */
  readonly root?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What a call throws, once. */
  readonly faults?: readonly { call: string; code: string }[];
}

const SOCKET = 900;

export class FakeSys extends NodeFiles implements ProgramSys {
  out = '';
  err = '';
  readonly requests: Request[] = [];
  readonly #options: FakeOptions;
  #replies: Uint8Array = new Uint8Array(0);

  constructor(options: FakeOptions) {
    super();
    this.#options = options;
    this.faults.push(...(options.faults ?? []));
  }
  attempt(): number {
    return -38;
  }
  addressOf(): number {
    return 0;
  }
  #path(path: string): string {
    return (this.#options.root ?? '') + path;
  }
  override open(path: string, flags: number, mode?: number): number {
    return super.open(this.#path(path), flags, mode);
  }
  override lstat(path: string) {
    return super.lstat(this.#path(path));
  }
  override readdir(path: string) {
    return super.readdir(this.#path(path));
  }
  override mkdir(path: string, mode: number): void {
    super.mkdir(this.#path(path), mode);
  }
  override rename(from: string, to: string): void {
    super.rename(this.#path(from), this.#path(to));
  }
  override unlink(path: string): void {
    super.unlink(this.#path(path));
  }
  override write(fd: number, from: Uint8Array): number {
    if (fd === 1) this.out += decodeBytes(from);
    else if (fd === 2) this.err += decodeBytes(from);
    else if (fd === SOCKET) this.#receive(decodeBytes(from));
    else return super.write(fd, from);
    return from.length;
  }
  override close(fd: number): void {
    if (fd !== SOCKET) super.close(fd);
  }
  override monotonicMs(): number {
    return 1_000_000;
  }
  #receive(line: string): void {
    const request = JSON.parse(line) as Request;
    this.requests.push(request);
    const replies: Reply[] = [...(this.#options.answer?.(request) ?? []), { is: 'end' }];
    this.#replies = encodeBytes(replies.map((reply) => `${JSON.stringify(reply)}\n`).join(''));
  }
  read(fd: number, into: Uint8Array): number {
    assert.equal(fd, SOCKET);
    // Short reads, so that lines are put together.
    const part = this.#replies.subarray(0, Math.min(into.length, 1000));
    into.set(part);
    this.#replies = this.#replies.subarray(part.length);
    return part.length;
  }
  readFile(path: string, limit: number): Uint8Array {
    const given = this.#options.files?.[path];
    if (given !== undefined) return encodeBytes(given);
    const fd = this.open(path, 0);
    try {
      const bytes = fs.readFileSync(fd);
      if (bytes.length > limit) throw new SysError(`read ${path}`, 27, 'EFBIG');
      return bytes;
    } finally {
      this.close(fd);
    }
  }
  writeFileAtomic(path: string, content: Uint8Array): void {
    fs.writeFileSync(this.#path(path), content);
  }
  stat(path: string) {
    return super.lstat(fs.realpathSync(this.#path(path)));
  }
  readlink(path: string): string {
    try {
      return fs.readlinkSync(this.#path(path));
    } catch {
      throw new SysError(`readlink ${path}`, 2, 'ENOENT');
    }
  }
  realpath(path: string): string {
    try {
      return fs.realpathSync(this.#path(path)).slice((this.#options.root ?? '').length);
    } catch {
      throw new SysError(`realpath ${path}`, 2, 'ENOENT');
    }
  }
  symlink(target: string, path: string): void {
    fs.symlinkSync(target, this.#path(path));
  }
  rmdir(path: string): void {
    fs.rmdirSync(this.#path(path));
  }
  inotify(): number {
    throw new SysError('inotify', 24, 'EMFILE');
  }
  inotifyAdd(): number {
    return 0;
  }
  windowSize(): { rows: number; cols: number } | null {
    return this.#options.terminal ?? null;
  }
  setNonBlocking(): void {}
  connectUnix(path: string): number {
    if (this.#options.answer === undefined) throw new SysError(`connect ${path}`, 2, 'ENOENT');
    return SOCKET;
  }
  send(): number {
    return 0;
  }
  pipe(): { read: number; write: number } {
    return { read: SOCKET, write: SOCKET };
  }
  reap(): null {
    return null;
  }
  spawn(): number {
    throw new SysError('spawn', 2, 'ENOENT');
  }
  getpid(): number {
    return 4711;
  }
  identity() {
    const uid = this.#options.uid ?? 0;
    return { uid, gid: uid, groups: [] };
  }
  exit(code: number): never {
    throw new Exited(code);
  }
  realtimeMs(): number {
    return this.#options.nowMs ?? 1_795_442_905_525.408;
  }
  random(size: number): Uint8Array {
    return new Uint8Array(size).fill(0xab);
  }
  hostname(): string {
    return 'lab';
  }
  encode(text: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(encodeBytes(text));
  }
  decode(bytes: Uint8Array): string {
    return decodeBytes(bytes);
  }
}

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly requests: readonly Request[];
}

/** @param argv with the program's name */
export async function runFake(main: Main, argv: readonly string[], options: FakeOptions = {}): Promise<Ran> {
  const sys = new FakeSys(options);
  const environment = Object.entries({ TZ: 'UTC', ...options.env }).map(([name, value]) => `${name}=${value}`);
  const loop = {
    watch: () => ({ set() {}, stop() {} }),
    after: () => ({ cancel() {} }),
    onExit: () => {},
  };
  let code = -1;
  try {
    await runProgram({ sys, loop, args: argv, environment }, main);
  } catch (error) {
    if (!(error instanceof Exited)) throw error;
    code = error.code;
  }
  return { out: sys.out, err: sys.err, code, requests: sys.requests };
}

test('output, errors and the exit code of a client', async () => {
  const ran = await runFake(
    (program) => {
      program.out(`${program.name} ${program.argv.join(' ')} ${program.env.get('X')}\n`);
      program.err('oops');
      return 3;
    },
    ['/usr/bin/prog', 'a'],
    { env: { X: '1' } },
  );
  assert.deepEqual(ran, { out: 'prog a 1\n', err: 'oops\n', code: 3, requests: [] });
});
