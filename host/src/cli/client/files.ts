/** Files of a guest, as the verbs need them. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Api, sandboxPath, withQuery } from './api.ts';
import type { RequestBody } from './http.ts';
import type { FileReply } from './replies.ts';

export interface GuestPlace {
  readonly sandbox: string;
  readonly path: string;
}

export interface Owner {
  readonly mode?: string | undefined;
  readonly user?: string | undefined;
}

/** Undefined when there is nothing. @throws BhattiError of the guest */
export async function statGuest(api: Api, { sandbox, path }: GuestPlace): Promise<FileReply | undefined> {
  try {
    return await api.json<FileReply>('GET', withQuery(sandboxPath(sandbox, '/stat'), { path }));
  } catch (error) {
    if (error instanceof BhattiError && error.code === 'file.not-found') return undefined;
    throw error;
  }
}

export async function readGuest(
  api: Api,
  { sandbox, path }: GuestPlace,
  part: { offset?: number | undefined; limit?: number | undefined } = {},
): Promise<AsyncIterable<Buffer>> {
  return (await api.bytes('GET', withQuery(sandboxPath(sandbox, '/files'), { path, ...part }))).body;
}

export async function writeGuest(api: Api, to: GuestPlace, content: RequestBody, owner: Owner = {}): Promise<void> {
  const path = withQuery(sandboxPath(to.sandbox, '/files'), { path: to.path, ...owner });
  for await (const _ of (await api.bytes('PUT', path, { body: content })).body);
}

export async function readArchive(api: Api, { sandbox, path }: GuestPlace): Promise<AsyncIterable<Buffer>> {
  return (await api.bytes('GET', withQuery(sandboxPath(sandbox, '/archive'), { path }))).body;
}

export async function writeArchive(api: Api, to: GuestPlace, content: RequestBody, user?: string): Promise<void> {
  const path = withQuery(sandboxPath(to.sandbox, '/archive'), { path: to.path, user });
  for await (const _ of (await api.bytes('PUT', path, { body: content, type: 'application/x-tar' })).body);
}
