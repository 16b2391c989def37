/**
 * Datagrams on /run/systemd/journal/socket (systemd.io, "Native Journal Protocol"): entries of `NAME=value` lines, or of
 * NAME, a line feed, the length as 64 bit little endian, that many bytes and a line feed; an empty line ends an entry.
 */
import type { Decode } from './lines.ts';
import type { Fields } from './record.ts';

/** Fields of one entry; an entry with more is dropped (systemd: 1024). */
const FIELDS_MAX = 1024;
/** Entries in one datagram or file. */
const ENTRIES_MAX = 1024;
/** Names of a client: capital letters, digits and underscores, at most 64; a leading underscore is ours alone. */
const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const LINE_FEED = 0x0a;
const EQUALS = 0x3d;

interface Cut {
  readonly name: string;
  readonly value: Uint8Array;
  readonly next: number;
}

/** A field in its binary form. @returns null when it is torn */
function cutBinary(bytes: Uint8Array, decode: Decode, nameAt: number, lineEnd: number): Cut | null {
  const valueAt = lineEnd + 9;
  if (valueAt > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getBigUint64(lineEnd + 1, true);
  if (size >= BigInt(bytes.length - valueAt)) return null;
  const end = valueAt + Number(size);
  if (bytes[end] !== LINE_FEED) return null;
  return { name: decode(bytes.subarray(nameAt, lineEnd)), value: bytes.subarray(valueAt, end), next: end + 1 };
}

function cutField(bytes: Uint8Array, decode: Decode, at: number): Cut | null {
  const lineEnd = bytes.indexOf(LINE_FEED, at);
  if (lineEnd < 0) return null;
  const equals = bytes.subarray(at, lineEnd).indexOf(EQUALS);
  if (equals < 0) return cutBinary(bytes, decode, at, lineEnd);
  return {
    name: decode(bytes.subarray(at, at + equals)),
    value: bytes.subarray(at + equals + 1, lineEnd),
    next: lineEnd + 1,
  };
}

/** Every entry of a datagram or memfd; what is torn ends it, what came before counts. Names that no client may use are left out. */
export function parseNative(bytes: Uint8Array, decode: Decode): Fields[] {
  const entries: Fields[] = [];
  let fields: [string, string][] = [];
  let at = 0;
  const finish = () => {
    if (fields.length > 0 && fields.length <= FIELDS_MAX) entries.push(fields);
    fields = [];
  };
  while (at < bytes.length && entries.length < ENTRIES_MAX) {
    const first = bytes[at];
    if (first === LINE_FEED) {
      finish();
      at++;
      continue;
    }
    const field = cutField(bytes, decode, at);
    if (field === null) break;
    at = field.next;
    if (NAME.test(field.name) && fields.length <= FIELDS_MAX) fields.push([field.name, decode(field.value)]);
  }
  finish();
  return entries;
}
