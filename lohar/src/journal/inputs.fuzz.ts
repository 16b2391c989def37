/**
 * Arbitrary bytes at every door of the journal: syslog, native entries, kernel records, streams and their headers, and
 * the files themselves. Nothing throws, nothing is lost that should not be, and what is written can be read.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Composer, type Sender } from './compose.ts';
import { nativeDraft } from './datagrams.ts';
import { FileReader } from './file-reader.ts';
import { parseKernelRecord } from './kmsg.ts';
import { LINE_MAX, LineAssembler } from './lines.ts';
import { parseNative } from './native-message.ts';
import { parseStreamHeader } from './stream-header.ts';
import { parsePriorityPrefix, parseSyslog } from './syslog.ts';
import { decodeBytes, encodeBytes } from './text.ts';

const ROUNDS = 4000;
const encoder = new TextEncoder();
const PIECES = [
  '<3>',
  '<11>',
  '<999>',
  'Nov 23 14:08:25 ',
  'tag[7]: ',
  ': ',
  '\n',
  '\0',
  '\t',
  ' ',
  '\r',
  '=',
  'MESSAGE',
  'MESSAGE=',
  'PRIORITY=3',
  '_UID=0',
  'A',
  '\\n',
  '\\x41',
  '6,1,2,-;',
  ' SUBSYSTEM=x',
  '#c1\t',
  '€',
  '😀',
  '\x1b[31m',
  '1\n',
  '2026-11-23T14:08:25.525408Z 1.000000 1 6 c1 a[1]: x',
].map((piece) => encoder.encode(piece));

/** xorshift32: a seed replays the run. */
function random(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Pieces that mean something, and bytes that mean nothing. */
function bytesOf(next: () => number): Uint8Array {
  const parts: number[] = [];
  for (let count = Math.floor(next() * 20); count > 0; count--) {
    if (next() < 0.7) parts.push(...(PIECES[Math.floor(next() * PIECES.length)] ?? []));
    else for (let n = next() * 12; n > 0; n--) parts.push(Math.floor(next() * 256));
  }
  return Uint8Array.from(parts);
}

function fuzz(name: string, check: (input: Uint8Array, next: () => number) => void): void {
  test(name, (context) => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
    context.diagnostic(`seed ${seed}`);
    const next = random(seed);
    for (let round = 0; round < ROUNDS; round++) check(bytesOf(next), next);
  });
}

fuzz('syslog', (input) => {
  const message = parseSyslog(decodeBytes(input));
  assert.ok(message.priority >= 0 && message.priority <= 7);
  assert.ok(message.facility >= 0 && message.facility <= 124);
  assert.ok(!message.message.includes('\0'));
  parsePriorityPrefix(decodeBytes(input), false);
});

fuzz('native entries', (input) => {
  for (const entry of parseNative(input, decodeBytes)) {
    assert.ok(entry.length > 0);
    for (const [name] of entry) assert.match(name, /^[A-Z][A-Z0-9_]{0,63}$/);
    const draft = nativeDraft(entry, 7);
    assert.ok(draft.priority >= 0 && draft.priority <= 7);
  }
});

fuzz('kernel records and stream headers', (input) => {
  const text = decodeBytes(input);
  const record = parseKernelRecord(text);
  if (record !== null) assert.ok(record.priority <= 7 && Number.isSafeInteger(record.serial));
  parseStreamHeader(text.split('\n'));
});

fuzz('a stream in arbitrary chunks gives back its bytes', (input, next) => {
  const assembler = new LineAssembler(decodeBytes);
  let out = '';
  const take = (lines: readonly { text: string; break?: string }[]) => {
    for (const line of lines) {
      assert.ok(encodeBytes(line.text).length <= LINE_MAX);
      out += line.text + (line.break === 'nul' ? '\0' : line.break === undefined ? '\n' : '');
    }
  };
  for (let at = 0; at < input.length; ) {
    const size = 1 + Math.floor(next() * 9);
    take(assembler.push(input.subarray(at, at + size)));
    at += size;
  }
  take(assembler.flush('eof'));
  assert.deepEqual(encodeBytes(out), input);
});

const sender: Sender = { fields: [['_UID', '0']] };
fuzz('what is written is read, whatever it says', (input, next) => {
  const composer = new Composer(0);
  const text = decodeBytes(input);
  const draft = {
    priority: Math.floor(next() * 8),
    identifier: decodeBytes(input.subarray(0, 5)),
    pid: Math.floor(next() * 5),
    message: text,
    fields: [['FIELD', decodeBytes(input.subarray(0, input.length / 2))]] as const,
  };
  const at = { realtimeUs: 1_795_442_905_525_408, monotonicUs: Math.floor(next() * 1e12) };
  const file = encoder.encode(composer.message(sender, [], at, 1, draft) + composer.message(sender, [], at, 2, draft));
  const source = {
    size: file.length,
    read: (into: Uint8Array, offset: number) => {
      const part = file.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
  };
  const entries = [...new FileReader(source).forward()];
  assert.equal(entries.length, 2, decodeBytes(file));
  for (const entry of entries) {
    assert.equal(entry.message, draft.message);
    assert.deepEqual(entry.sender, { identifier: draft.identifier, pid: draft.pid });
    assert.deepEqual(entry.own, draft.fields);
    assert.equal(entry.get('_UID'), '0');
  }
});

fuzz('a file of anything is read without an error', (input, next) => {
  const file = Uint8Array.from([...input, ...PIECES.flatMap((piece) => (next() < 0.3 ? [...piece, 10] : []))]);
  const source = {
    size: file.length,
    read: (into: Uint8Array, offset: number) => {
      const part = file.subarray(offset, offset + Math.min(into.length, 7));
      into.set(part);
      return part.length;
    },
  };
  const reader = new FileReader(source);
  const forward = [...reader.forward()].map((entry) => entry.message);
  assert.deepEqual([...reader.backward()].map((entry) => entry.message).reverse(), forward);
  reader.bisect(() => next() < 0.5);
  reader.badLines();
});
