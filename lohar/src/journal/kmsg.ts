/** Records of /dev/kmsg (Documentation/ABI/testing/dev-kmsg): one read gives one record. Pure. */
import type { Fields } from './record.ts';
import { parseIdentifier } from './syslog.ts';
import { decodeBytes } from './text.ts';

export interface KernelMessage {
  readonly priority: number;
  readonly facility: number;
  /** Number of the record; a gap means that some were lost. */
  readonly serial: number;
  /** Microseconds since boot. */
  readonly monotonicUs: number;
  readonly identifier: string;
  readonly message: string;
  /** _KERNEL_SUBSYSTEM=, _KERNEL_DEVICE=, SYSLOG_PID= */
  readonly fields: Fields;
}

const HEAD = /^(\d{1,3}),(\d{1,15}),(\d{1,15})[^;]*;/;
/** Fields after the message, each on a line that begins with a blank. */
const FIELDS_MAX = 64;

/** The kernel writes bytes that are no plain text as `\xHH` (and a backslash as `\x5c`). */
function unescapeKernel(text: string): string {
  if (!text.includes('\\x')) return text;
  const bytes: number[] = [];
  const encoded = new TextEncoder().encode(text);
  for (let i = 0; i < encoded.length; i++) {
    const hex =
      encoded[i] === 0x5c && encoded[i + 1] === 0x78 ? String.fromCharCode(...encoded.subarray(i + 2, i + 4)) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 3;
    } else bytes.push(encoded[i] ?? 0);
  }
  return decodeBytes(Uint8Array.from(bytes));
}

/** @returns null when it is no record of the kernel's */
export function parseKernelRecord(record: string): KernelMessage | null {
  const head = HEAD.exec(record);
  if (head === null) return null;
  const value = Number(head[1]);
  const lines = record.slice(head[0].length).split('\n');
  const fields: [string, string][] = [];
  for (const line of lines.slice(1, 1 + FIELDS_MAX)) {
    const equals = line.indexOf('=');
    if (!line.startsWith(' ') || equals < 0) break;
    fields.push([`_KERNEL_${line.slice(1, equals)}`, unescapeKernel(line.slice(equals + 1))]);
  }
  const facility = value >> 3;
  const text = lines[0] ?? '';
  const sender = facility === 0 ? { identifier: 'kernel', pid: '', rest: text } : parseIdentifier(text);
  if (sender.pid !== '') fields.push(['SYSLOG_PID', sender.pid]);
  return {
    priority: value & 7,
    facility,
    serial: Number(head[2]),
    monotonicUs: Number(head[3]),
    identifier: sender.identifier,
    message: unescapeKernel(sender.rest),
    fields,
  };
}
