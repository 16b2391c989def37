import assert from 'node:assert/strict';
import test from 'node:test';
import { AGAIN } from '@bhatti/runtime/sys.ts';
import { BusConnection } from './connection.ts';
import { type Draft, decodeMessage, encodeMessage } from './message.ts';

const GUID = '0123456789abcdef0123456789abcdef';

/** A bus that says what it is told to, and keeps what it hears. */
function connected() {
  const heard: string[] = [];
  const events: string[] = [];
  const calls: Uint8Array[] = [];
  const waiting: Uint8Array[] = [];
  let wake: () => void = () => undefined;
  const sys = {
    connectUnix: () => 5,
    identity: () => ({ uid: 1000, gid: 0, groups: [] }),
    write: (_: number, bytes: Uint8Array) => {
      if (bytes[0] === 0x6c) calls.push(bytes.slice());
      else heard.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
    read: (_: number, into: Uint8Array) => {
      const next = waiting.shift();
      if (next === undefined) return AGAIN;
      into.set(next);
      return next.length;
    },
    close: () => void events.push('closed'),
    encode: (text: string) => new TextEncoder().encode(text),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
  };
  const loop = {
    watch: (_: number, __: unknown, on: (ready: { in: boolean; out: boolean; hangup: boolean }) => void) => {
      wake = () => on({ in: true, out: false, hangup: false });
      return { set: () => undefined, stop: () => undefined };
    },
  };
  const connection = new BusConnection(sys, loop, {
    opened: (guid) => events.push(`opened ${guid}`),
    received: ({ member }) => events.push(`received ${member}`),
    gone: (why) => events.push(`gone: ${why}`),
  });
  const say = (bytes: Uint8Array | string): void => {
    waiting.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    wake();
  };
  return { connection, heard, events, calls, say };
}

function opened() {
  const bus = connected();
  bus.say(`OK ${GUID}\r\n`);
  bus.events.length = 0;
  return bus;
}

const SIGNAL: Draft = { type: 'signal', path: '/', interface: 'a.b', member: 'C' };

test('it says who it is, and begins once the bus agrees', () => {
  const { heard, events, say } = connected();
  say('OK 0123456789');
  say(`abcdef${GUID.slice(16)}\r\n`);
  assert.deepEqual(heard, ['\0AUTH EXTERNAL 31303030\r\n', 'BEGIN\r\n']);
  assert.deepEqual(events, [`opened ${GUID}`]);
});

for (const line of ['REJECTED EXTERNAL\r\n', 'OK no-guid\r\n', 'x'.repeat(2000)])
  test(`another answer ends it: ${line.slice(0, 10).trim()}`, () => {
    const { events, say } = connected();
    say(line);
    assert.deepEqual(events, ['closed', `gone: the bus refused: ${line.length > 1024 ? '' : line.trim()}`]);
  });

test('messages come whole, however they are cut, those behind the first line too', () => {
  const { events, say } = connected();
  const bytes = encodeMessage(SIGNAL, 1);
  const line = new TextEncoder().encode(`OK ${GUID}\r\n`);
  say(Uint8Array.from([...line, ...bytes, ...bytes.subarray(0, 20)]));
  say(bytes.subarray(20));
  assert.deepEqual(events, [`opened ${GUID}`, 'received C', 'received C']);
});

test('replies go to who asked, if the bus itself sends them', () => {
  const { connection, calls, events, say } = opened();
  const replies: unknown[] = [];
  connection.ask('GetNameOwner', 's', ['a.b'], (reply) => replies.push(reply?.args ?? null));
  connection.ask('GetNameOwner', 's', ['a.c'], (reply) => replies.push(reply?.args ?? null));
  const serials = calls.map((bytes) => {
    const decoded = decodeMessage(bytes);
    return decoded.is === 'message' ? decoded.message.serial : 0;
  });
  const from = (sender: string, draft: Draft): void => say(encodeMessage({ ...draft, sender }, 9));
  from(':1.4', { type: 'return', replySerial: serials[0] ?? 0 });
  assert.deepEqual(replies, []);
  from('org.freedesktop.DBus', { type: 'error', errorName: 'a.Bad', replySerial: serials[1] ?? 0 });
  from('org.freedesktop.DBus', { type: 'return', signature: 's', args: [':1.7'], replySerial: serials[0] ?? 0 });
  from('org.freedesktop.DBus', { type: 'return', replySerial: 77 });
  assert.deepEqual([replies, events], [[null, [':1.7']], []]);
});

test('what is no message ends it, and so does the bus', () => {
  const { events, say } = opened();
  say('GET / HTTP/1.1\r\n\r\n');
  say(encodeMessage(SIGNAL, 1));
  assert.deepEqual(events, ['closed', 'gone: no message: byte order']);
  const other = opened();
  other.say('');
  assert.deepEqual(other.events, ['closed', 'gone: null']);
});
