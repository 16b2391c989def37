/**
 * Messages of the D-Bus protocol, to and from bytes. Pure. Facts: D-Bus Specification, "Message Protocol". The bus is
 * untrusted: a message is bounded, and one that breaks the format is told from one that is not whole yet.
 */
import { type Basic, WireError, WireReader } from './wire-reader.ts';

/** The specification allows 128 MiB; what this program is told fits into a page. */
export const MESSAGE_SIZE_MAX = 64 * 1024;

const TYPES = ['invalid', 'call', 'return', 'error', 'signal'] as const;
export type MessageType = Exclude<(typeof TYPES)[number], 'invalid'>;

/** Flags of a header. */
export const NO_REPLY = 1;

export interface Message {
  readonly type: MessageType;
  readonly flags: number;
  readonly serial: number;
  /** '' where the header has none; so are the other texts. */
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  /** 0: no reply. */
  readonly replySerial: number;
  readonly destination: string;
  readonly sender: string;
  readonly signature: string;
  /** null: there are containers among them, which nobody here reads. */
  readonly args: readonly Basic[] | null;
}

export type Decoded =
  | { readonly is: 'message'; readonly message: Message; readonly size: number }
  /** The whole message has so many bytes, as far as can be told. */
  | { readonly is: 'short'; readonly need: number }
  | { readonly is: 'bad'; readonly why: string };

/** Fixed part of the header with the length of its array of fields. */
const HEAD_SIZE = 16;
const VERSION = 1;
const LITTLE = 0x6c;
const BIG = 0x42;
const FIELDS = {
  path: [1, 'o'],
  interface: [2, 's'],
  member: [3, 's'],
  errorName: [4, 's'],
  replySerial: [5, 'u'],
  destination: [6, 's'],
  sender: [7, 's'],
  signature: [8, 'g'],
} as const;
type Field = keyof typeof FIELDS;
const FIELD_NAMES = Object.keys(FIELDS) as Field[];
const BASICS = /^[ybnqiuxtdsog]*$/;

const padded = (size: number): number => Math.ceil(size / 8) * 8;

/** The first message in these bytes. Never throws. */
export function decodeMessage(bytes: Uint8Array): Decoded {
  if (bytes.length < HEAD_SIZE) return { is: 'short', need: HEAD_SIZE };
  const mark = bytes[0];
  if (mark !== LITTLE && mark !== BIG) return bad('byte order');
  if (bytes[3] !== VERSION) return bad('version of the protocol');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = mark === LITTLE;
  const bodySize = view.getUint32(4, little);
  const fieldsEnd = HEAD_SIZE + view.getUint32(12, little);
  const size = padded(fieldsEnd) + bodySize;
  if (size > MESSAGE_SIZE_MAX) return bad('too long');
  if (bytes.length < size) return { is: 'short', need: size };
  try {
    return { is: 'message', message: read(bytes.subarray(0, size), little, fieldsEnd), size };
  } catch (error) {
    if (error instanceof WireError) return bad(error.message);
    throw error;
  }
}

const bad = (why: string): Decoded => ({ is: 'bad', why });

function read(bytes: Uint8Array, little: boolean, fieldsEnd: number): Message {
  const type = TYPES[bytes[1] ?? 0];
  const serial = new WireReader(bytes, little, 8, HEAD_SIZE).u32();
  if (type === undefined || type === 'invalid') throw new WireError('type of message');
  if (serial === 0) throw new WireError('serial 0');
  const fields = readFields(new WireReader(bytes, little, HEAD_SIZE, fieldsEnd), fieldsEnd);
  new WireReader(bytes, little, fieldsEnd, padded(fieldsEnd)).align(8);
  const { signature } = fields;
  const body = new WireReader(bytes, little, padded(fieldsEnd), bytes.length);
  if (signature === '' && bytes.length > padded(fieldsEnd)) throw new WireError('a body without a signature');
  const args = BASICS.test(signature) ? [...signature].map((one) => body.basic(one)) : null;
  if (args !== null && body.at !== bytes.length) throw new WireError('a body that is longer than its signature');
  return { type, flags: bytes[2] ?? 0, serial, ...fields, args };
}

type Fields = Pick<Message, Field>;

function readFields(reader: WireReader, end: number): Fields {
  const fields: Record<Field, Basic> = {
    ...{ path: '', interface: '', member: '', errorName: '', replySerial: 0 },
    ...{ destination: '', sender: '', signature: '' },
  };
  while (reader.at < end) {
    reader.align(8);
    const code = reader.byte();
    const type = reader.signature();
    const value = reader.basic(type);
    const name = FIELD_NAMES.find((one) => FIELDS[one][0] === code);
    // Fields that are not known are to be ignored.
    if (name === undefined) continue;
    if (FIELDS[name][1] !== type) throw new WireError(`type of field ${name}`);
    fields[name] = value;
  }
  return fields as Fields;
}

/** What a message to be sent says; the sender is added by the bus, whatever is given. */
export interface Draft extends Partial<Omit<Message, 'type' | 'args' | 'signature'>> {
  readonly type: MessageType;
  /** A letter an argument: s or u. */
  readonly signature?: string;
  readonly args?: readonly Basic[];
}

/** @param serial not 0, and another one for each message of a connection */
export function encodeMessage(draft: Draft, serial: number): Uint8Array {
  const body: number[] = [];
  [...(draft.signature ?? '')].forEach((type, at) => {
    push(body, type, draft.args?.[at] ?? '');
  });
  const fields: number[] = [];
  for (const name of FIELD_NAMES) {
    const value = draft[name] ?? '';
    if (value === '' || value === 0) continue;
    const [code, type] = FIELDS[name];
    while (fields.length % 8 !== 0) fields.push(0);
    fields.push(code, 1, type.charCodeAt(0), 0);
    push(fields, type, value);
  }
  const head = [LITTLE, TYPES.indexOf(draft.type), draft.flags ?? 0, VERSION];
  for (const number of [body.length, serial, fields.length]) push(head, 'u', number);
  // The array of fields begins at a multiple of eight, so what is aligned in it is aligned in the message.
  const message = [...head, ...fields];
  while (message.length % 8 !== 0) message.push(0);
  return Uint8Array.from([...message, ...body]);
}

function push(to: number[], type: string, value: Basic): void {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : new Uint8Array(0);
  if (type === 'g') to.push(bytes.length, ...bytes, 0);
  else {
    while (to.length % 4 !== 0) to.push(0);
    const number = typeof value === 'number' ? value : bytes.length;
    for (let shift = 0; shift < 32; shift += 8) to.push((number >>> shift) & 0xff);
    if (typeof value === 'string') to.push(...bytes, 0);
  }
}
