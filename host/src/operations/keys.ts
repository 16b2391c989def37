/** API keys: made and listed by the owner of the daemon, checked for whoever comes over TCP. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { sandboxName, shown } from '../core/name.ts';
import type { ApiKey } from '../ports/store.ts';
import type { Context } from './context.ts';

const KEY = /^bht_([0-9a-f]{8})[0-9a-f]{56}$/;
/** How exactly `usedMs` is kept: a write for each request would be one too many. */
const USED_EVERY_MS = 60_000;

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The key itself is in this reply only. @throws BhattiError name.invalid | name.taken */
export async function createKey(context: Context, name: string): Promise<{ key: string; stored: ApiKey }> {
  const secret = randomBytes(32).toString('hex');
  const key = `bht_${secret}`;
  const stored: ApiKey = {
    id: secret.slice(0, 8),
    name: sandboxName(name),
    hash: digest(key).toString('hex'),
    createdMs: context.clock.nowMs(),
  };
  await context.store.keys.insert(stored);
  return { key, stored };
}

/** By name or id. @throws BhattiError key.not-found */
export async function deleteKey(context: Context, reference: string): Promise<void> {
  const keys = await context.store.keys.list();
  const key = keys.find((one) => one.name === reference || one.id === reference);
  if (key !== undefined && (await context.store.keys.remove(key.id))) return;
  throw new BhattiError('key.not-found', `cannot delete API key ${shown(reference)}: there is none of that name`, {
    remedy: 'bhatti key list',
  });
}

/** The key that this text is, or nothing. Its hash is compared in constant time. */
export async function checkKey(context: Context, key: string): Promise<ApiKey | undefined> {
  const [, id] = KEY.exec(key) ?? [];
  const stored = id === undefined ? undefined : await context.store.keys.find(id);
  if (stored === undefined || !timingSafeEqual(digest(key), Buffer.from(stored.hash, 'hex'))) return undefined;
  const nowMs = context.clock.nowMs();
  if (nowMs - (stored.usedMs ?? 0) > USED_EVERY_MS) await context.store.keys.used(stored.id, nowMs);
  return stored;
}
