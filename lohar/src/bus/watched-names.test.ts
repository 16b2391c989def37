import assert from 'node:assert/strict';
import test from 'node:test';
import type { OnReply } from './connection.ts';
import type { Message } from './message.ts';
import { WatchedNames } from './watched-names.ts';

const BUS = 'org.freedesktop.DBus';
const message = (changes: Partial<Message>): Message => ({
  ...{ type: 'signal', flags: 1, serial: 2, path: '/', errorName: '', replySerial: 0, destination: '' },
  ...{ interface: BUS, member: 'NameOwnerChanged', sender: BUS, signature: 'sss', args: [] },
  ...changes,
});

function watched() {
  const asked: { readonly member: string; readonly onReply: OnReply }[] = [];
  const told: string[] = [];
  const names = new WatchedNames({
    connection: { ask: (member, _, __, onReply) => void asked.push({ member, onReply }) },
    owned: (name, owner) => told.push(`${name}=${owner}`),
    tooMany: () => told.push('too many'),
  });
  const changed = (name: string, owner: string): void => names.hear(message({ args: [name, '', owner] }));
  const answer = (reply: Message | null): void => asked.find(({ member }) => member === 'GetNameOwner')?.onReply(reply);
  return { names, asked, told, changed, answer };
}

test('the match comes before the question, so that no change is missed', () => {
  const { names, asked } = watched();
  names.watch('a.b');
  assert.deepEqual(
    asked.map(({ member }) => member),
    ['AddMatch', 'GetNameOwner'],
  );
});

test('owners are told when they change, and once more to who asks again', () => {
  const { names, told, changed, answer } = watched();
  names.watch('a.b');
  names.watch('a.b');
  answer(null);
  changed('a.b', ':1.5');
  changed('a.b', ':1.5');
  names.watch('a.b');
  changed('a.b', '');
  assert.deepEqual(told, ['a.b=', 'a.b=:1.5', 'a.b=:1.5', 'a.b=']);
});

test('one who has the name already is told', () => {
  const { names, told, answer } = watched();
  names.watch('a.b');
  answer(message({ type: 'return', args: [':1.3'] }));
  assert.deepEqual(told, ['a.b=:1.3']);
});

test('only the bus is believed, and only about names that are watched', () => {
  const { names, told, changed } = watched();
  names.watch('a.b');
  names.hear(message({ sender: ':1.9', args: ['a.b', '', ':1.9'] }));
  names.hear(message({ member: 'NameLost', args: ['a.b', '', ':1.9'] }));
  names.hear(message({ args: ['a.b', ''] }));
  names.hear(message({ args: null }));
  changed('a.c', ':1.9');
  assert.deepEqual(told, []);
});

test('there is a limit', () => {
  const { names, told } = watched();
  for (let n = 0; n <= 4096; n++) names.watch(`a.b${n}`);
  assert.deepEqual(told, ['too many']);
});
