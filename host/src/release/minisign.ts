/** Verifies what minisign(1) signs: ed25519 over the BLAKE2b-512 digest of a file. */
import { createHash, createPublicKey, verify } from 'node:crypto';

/** SubjectPublicKeyInfo of an ed25519 key, before its 32 bytes (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_SIZE = 42;
const SIGNATURE_SIZE = 74;

interface MinisignKey {
  readonly id: Buffer;
  readonly raw: Buffer;
}

/** @returns null when the text is no public key as `minisign -G` prints it */
export function parsePublicKey(text: string): MinisignKey | null {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== KEY_SIZE || bytes.toString('latin1', 0, 2) !== 'Ed') return null;
  return { id: bytes.subarray(2, 10), raw: bytes.subarray(10) };
}

/** @returns why the signature does not hold; null when it does */
export function whyNotSigned(content: Buffer, signature: string, key: MinisignKey): string | null {
  const [, signed = '', comment = '', whole = ''] = signature.split('\n');
  const bytes = Buffer.from(signed, 'base64');
  const trusted = /^trusted comment: (.*)$/.exec(comment)?.[1];
  if (bytes.length !== SIGNATURE_SIZE || trusted === undefined) return 'its signature is not one of minisign';
  if (!bytes.subarray(2, 10).equals(key.id)) return 'it is signed with another key';
  const kind = bytes.toString('latin1', 0, 2);
  if (kind !== 'ED' && kind !== 'Ed') return 'its signature is of an unknown kind';
  const message = kind === 'ED' ? createHash('blake2b512').update(content).digest() : content;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_HEAD, key.raw]), format: 'der', type: 'spki' });
  const proof = bytes.subarray(10);
  if (!verify(null, message, publicKey, proof)) return 'its signature does not fit its content';
  const about = Buffer.concat([proof, Buffer.from(trusted)]);
  return verify(null, about, publicKey, Buffer.from(whole, 'base64')) ? null : "its signature's comment was changed";
}
