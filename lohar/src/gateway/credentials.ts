/** HTTP's Basic authentication (RFC 7617) against one line `user:salt:sha256 of salt and password, in hex`. */
import { decodeBase64 } from '../agent/base64.ts';
import { sha256 } from './digest.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * @param header of `Authorization:`, if there was one
 * @param line what the server keeps; '' lets nobody in
 */
export function isAuthorized(header: string | undefined, line: string): boolean {
  const [, user, salt, digest] = /^([^:]{1,64}):([0-9a-f]{16,64}):([0-9a-f]{64})$/.exec(line.trim()) ?? [];
  const [, coded] = /^Basic ([A-Za-z0-9+/]{1,400}={0,2})$/i.exec(header ?? '') ?? [];
  if (user === undefined || coded === undefined) return false;
  const told = new TextDecoder().decode(decodeBase64(coded));
  const colon = told.indexOf(':');
  const given = hex(sha256(encode(`${salt}${told.slice(colon + 1)}`)));
  return colon > 0 && told.slice(0, colon) === user && isSame(given, digest ?? '');
}

/** Takes as long wherever the first difference is. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
