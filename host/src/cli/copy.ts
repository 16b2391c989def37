/** Copies between this machine and a sandbox, with the rules of docker cp. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Place } from './arguments.ts';
import type { Api } from './client/api.ts';
import {
  type GuestPlace,
  type Owner,
  readArchive,
  readGuest,
  statGuest,
  writeArchive,
  writeGuest,
} from './client/files.ts';
import type { Outputs } from './client/joined.ts';
import { packFolder, unpackFolder } from './local-tar.ts';

export interface CopyOptions extends Owner {
  readonly outputs: Outputs;
}

type Kind = 'file' | 'directory' | undefined;

function refused(from: string, to: string, why: string, remedy: string): BhattiError {
  return new BhattiError('request.invalid', `cannot copy ${from} to ${to}: ${why}`, { remedy });
}

/**
 * Where a copy lands, as docker cp has it: in a directory that is there under its own name, else under the new name;
 * `folder/.` means what is in the folder.
 * @throws BhattiError
 */
export function landing(from: string, fromKind: 'file' | 'directory', to: string, toKind: Kind): string {
  const contents = fromKind === 'directory' && /(^|\/)\.$/.test(from);
  if (toKind === 'directory') return contents ? to : posix.join(to, posix.basename(posix.resolve('/', from)));
  if (toKind === 'file' && fromKind === 'directory') {
    throw new BhattiError('file.not-directory', `cannot copy ${from} to ${to}: a directory cannot replace a file`, {
      remedy: 'choose another name, or remove the file first',
    });
  }
  if (toKind === undefined && fromKind === 'file' && to.endsWith('/')) {
    throw new BhattiError('file.not-found', `cannot copy ${from} to ${to}: there is no such directory`, {
      remedy: 'make it first, or leave the slash away',
    });
  }
  return to;
}

async function localKind(path: string): Promise<{ kind: Kind; mode: number }> {
  try {
    const found = await stat(path);
    return { kind: found.isDirectory() ? 'directory' : 'file', mode: found.mode & 0o777 };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: undefined, mode: 0 };
    throw new BhattiError('file.failed', `cannot look at ${path}: ${error instanceof Error ? error.message : error}`, {
      remedy: 'check its permissions',
      cause: error,
    });
  }
}

/** Directories and what leads to one, or a file of any sort. */
async function guestKind(api: Api, place: GuestPlace): Promise<{ kind: Kind; mode: number }> {
  const found = await statGuest(api, place);
  if (found === undefined) return { kind: undefined, mode: 0 };
  if (found.type !== 'symlink') return { kind: found.type === 'directory' ? 'directory' : 'file', mode: found.mode };
  const behind = await statGuest(api, { ...place, path: `${place.path.replace(/\/+$/, '')}/.` }).catch(() => undefined);
  return { kind: behind?.type === 'directory' ? 'directory' : 'file', mode: 0o644 };
}

/** Writes a file whole or not at all. */
async function writeLocal(path: string, content: AsyncIterable<Uint8Array>, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      for await (const bytes of content) await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof BhattiError) throw error;
    throw new BhattiError('file.failed', `cannot write ${path}: ${error instanceof Error ? error.message : error}`, {
      remedy: 'check the folder and its permissions',
      cause: error,
    });
  }
}

async function fromGuest(api: Api, from: GuestPlace, to: string, options: CopyOptions): Promise<void> {
  if (to === '-') {
    for await (const bytes of await readArchive(api, from)) await options.outputs.stdout(bytes);
    return;
  }
  const { kind, mode } = await guestKind(api, from);
  if (kind === undefined) {
    throw new BhattiError('file.not-found', `cannot copy ${from.sandbox}:${from.path}: there is no such file`, {
      remedy: `bhatti file ls ${from.sandbox} ${posix.dirname(from.path)}`,
    });
  }
  const at = landing(from.path, kind, to, (await localKind(to)).kind);
  if (kind === 'file') return writeLocal(at, await readGuest(api, from), mode);
  await mkdir(at, { recursive: true });
  await unpackFolder(at, await readArchive(api, from));
}

async function toGuest(api: Api, from: string, to: GuestPlace, options: CopyOptions): Promise<void> {
  if (from === '-') return writeArchive(api, to, process.stdin, options.user);
  const { kind, mode } = await localKind(from);
  if (kind === undefined) {
    throw new BhattiError('file.not-found', `cannot copy ${from}: there is no such file`, { remedy: 'check the path' });
  }
  const path = landing(from, kind, to.path, (await guestKind(api, to)).kind);
  const target = { ...to, path };
  if (kind === 'directory') return writeArchive(api, target, packFolder(from), options.user);
  const owner = { mode: options.mode ?? mode.toString(8).padStart(4, '0'), user: options.user };
  await writeGuest(api, target, createReadStream(from, { highWaterMark: 256 * 1024 }), owner);
}

/** @throws BhattiError */
export async function copy(api: Api, from: Place, to: Place, options: CopyOptions): Promise<void> {
  const { sandbox: source } = from;
  const { sandbox: target } = to;
  if (source !== undefined && target === undefined) {
    return fromGuest(api, { sandbox: source, path: from.path }, to.path, options);
  }
  if (source === undefined && target !== undefined) {
    return toGuest(api, from.path, { sandbox: target, path: to.path }, options);
  }
  const why = source === undefined ? 'neither is in a sandbox' : 'both are in sandboxes';
  throw refused(from.path, to.path, why, 'bhatti file cp dev:/path ./here, or the other way round');
}
