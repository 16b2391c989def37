/** `-o cat`, `verbose`, `export` and the four kinds of JSON. */
import type { Entry } from '../../journal/entry.ts';
import { decodeBytes, encodeBytes } from '../../journal/text.ts';
import { formatTimestamp } from '../text/timestamp.ts';
import { printMultiline, styleOf } from './multiline.ts';
import { cursorOf, type OutputOptions, seqnumId } from './output-format.ts';
import { blob, isPrintable } from './printable.ts';

/** Longest name and value that JSON shows without -a (systemd: JSON_THRESHOLD). */
const JSON_VALUE_MAX = 4096;

const PLAIN_STYLE = { on: '', off: '', mark: '' };

function wanted(name: string, options: OutputOptions): boolean {
  return options.fields === undefined || options.fields.has(name);
}

export function catOutput(entry: Entry, options: OutputOptions): string {
  const { on, off } = styleOf(entry.record.priority, options.colours);
  const lines = [...(options.fields ?? ['MESSAGE'])].map((name) => entry.get(name));
  return lines.map((value) => (value === undefined ? '' : `${on}${value}${off}\n`)).join('');
}

export function verboseOutput(entry: Entry, options: OutputOptions): string {
  const { colours } = options;
  const when = formatTimestamp(entry.realtimeUs, options.zone, true);
  let out = `${colours.underline}${when}${colours.normal} ${colours.grey}[${cursorOf(entry)}]${colours.normal}\n`;
  for (const [name, value] of entry.fields()) {
    if (!wanted(name, options)) continue;
    const on = name === 'MESSAGE' ? colours.bold : name.startsWith('_') ? colours.green : '';
    const off = on === '' ? '' : colours.normal;
    if (!options.all && !isPrintable(value)) out += `    ${on}${name}=${blob(value)}${off}\n`;
    else {
      const layout = { indent: 4 + name.length + 1, columns: 0, full: true, style: PLAIN_STYLE };
      out += `    ${on}${name}=${printMultiline(value, layout)}${off}`;
    }
  }
  return out;
}

/** Fields that describe the entry itself, before those that it has. */
function meta(entry: Entry): [string, string][] {
  return [
    ['__CURSOR', cursorOf(entry)],
    ['__REALTIME_TIMESTAMP', String(entry.realtimeUs)],
    ['__MONOTONIC_TIMESTAMP', String(entry.record.monotonicUs)],
    ['__SEQNUM', String(entry.record.seq)],
    ['__SEQNUM_ID', seqnumId(entry)],
    ['_BOOT_ID', entry.context.get('_BOOT_ID') ?? ''],
  ];
}

/** Length as eight bytes, little endian, as the Journal Export Format has it. */
function binary(value: string): string {
  const bytes = encodeBytes(value);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
  return decodeBytes(length) + value;
}

export function exportOutput(entry: Entry, options: OutputOptions): string {
  const lines = meta(entry).map(([name, value]) => `${name}=${value}\n`);
  for (const [name, value] of entry.fields()) {
    if (name === '_BOOT_ID' || !wanted(name, options)) continue;
    lines.push(isPrintable(value) && !value.includes('\n') ? `${name}=${value}\n` : `${name}\n${binary(value)}\n`);
  }
  return `${lines.join('')}\n`;
}

type JsonValue = string | null | number[];

function jsonValue(name: string, value: string, all: boolean): JsonValue {
  if (!all && name.length + 1 + value.length >= JSON_VALUE_MAX) return null;
  return isPrintable(value) ? value : [...encodeBytes(value)];
}

/** A field that was sent several times becomes an array of its values. */
function jsonFields(entry: Entry, options: OutputOptions): Map<string, JsonValue | JsonValue[]> {
  const values = new Map<string, JsonValue[]>();
  const add = (name: string, value: string) => {
    const list = values.get(name) ?? [];
    list.push(jsonValue(name, value, options.all));
    values.set(name, list);
  };
  for (const [name, value] of meta(entry)) add(name, value);
  for (const [name, value] of entry.fields()) if (name !== '_BOOT_ID' && wanted(name, options)) add(name, value);
  return new Map([...values].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? null) : list]));
}

/** Tabs and ` : `, as systemd indents JSON. */
function pretty(value: unknown, indent: string): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return '[]';
  const inner = `${indent}\t`;
  return `[\n${value.map((item) => inner + pretty(item, inner)).join(',\n')}\n${indent}]`;
}

export function jsonOutput(entry: Entry, options: OutputOptions): string {
  const fields = [...jsonFields(entry, options)];
  if (options.format === 'json-pretty') {
    const lines = fields.map(([name, value]) => `\t${JSON.stringify(name)} : ${pretty(value, '\t')}`);
    return `{\n${lines.join(',\n')}\n}\n`;
  }
  const text = `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  if (options.format === 'json-sse') return `data: ${text}\n\n`;
  return options.format === 'json-seq' ? `\x1e${text}\n` : `${text}\n`;
}
