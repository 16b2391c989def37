import assert from 'node:assert/strict';
import test from 'node:test';
import { answerTo, failureSignal, refusalIn, requestedUnit, startRequest } from './activation.ts';
import type { Message } from './message.ts';

const REQUEST: Message = {
  ...{ type: 'signal', flags: 1, serial: 4, path: '/org/freedesktop/DBus', errorName: '', replySerial: 0 },
  ...{ interface: 'org.freedesktop.systemd1.Activator', member: 'ActivationRequest' },
  ...{ destination: 'org.freedesktop.systemd1', sender: 'org.freedesktop.DBus', signature: 's', args: ['a.service'] },
};

const requests: readonly (readonly [string, Partial<Message>, string | null])[] = [
  ['the bus asks', {}, 'a.service'],
  ['somebody else asks', { sender: ':1.5' }, null],
  ['another signal', { member: 'ActivationFailure' }, null],
  ['another interface', { interface: 'org.freedesktop.DBus' }, null],
  ['a call', { type: 'call' }, null],
  ['no text', { signature: 'u', args: [1] }, null],
  ['nothing at all', { signature: '', args: [] }, null],
  ['what is not read', { signature: 'as', args: null }, null],
];
for (const [name, changes, unit] of requests)
  test(`which unit is to be started: ${name}`, () => assert.equal(requestedUnit({ ...REQUEST, ...changes }), unit));

test('names of units are started, and nothing that stands for more', () => {
  const names = ['a.service', 'a@b\\x2dc.service', 'dbus-org.freedesktop.Avahi.service'];
  for (const name of names) assert.deepEqual(startRequest(name)?.verb, 'job', name);
  for (const name of ['', '*', 'a*.service', '[a]', '../a', 'a b', 'a\n', 'x'.repeat(256)])
    assert.equal(startRequest(name), null, name);
});

test('a refusal goes to the callers by its name on the bus', () => {
  const error = { name: 'UnitMasked', message: 'Unit a.service is masked.' } as const;
  assert.deepEqual(
    refusalIn([
      { is: 'needs-reload', unit: 'a' },
      { is: 'failed', name: 'a', unit: 'a', error },
    ]),
    error,
  );
  assert.equal(refusalIn([{ is: 'queued', name: 'a', unit: 'a', job: 1, type: 'start' }]), null);
  const { destination, member, args } = failureSignal('a.service', error);
  assert.deepEqual([destination, member], ['org.freedesktop.DBus', 'ActivationFailure']);
  assert.deepEqual(args, ['a.service', 'org.freedesktop.systemd1.UnitMasked', 'Unit a.service is masked.']);
  const denied = failureSignal('a', { name: 'AccessDenied', message: 'Access denied' });
  assert.equal(denied.args?.[1], 'org.freedesktop.DBus.Error.AccessDenied');
});

test('who calls is answered: pings, and that there is nothing else', () => {
  const call: Message = { ...REQUEST, type: 'call', flags: 0, sender: ':1.9', interface: 'a.b', member: 'C' };
  const { type, destination, replySerial, errorName } = answerTo(call) ?? {};
  assert.deepEqual([type, destination, replySerial], ['error', ':1.9', 4]);
  assert.equal(errorName, 'org.freedesktop.DBus.Error.UnknownMethod');
  const ping = answerTo({ ...call, interface: 'org.freedesktop.DBus.Peer', member: 'Ping' });
  assert.deepEqual(ping, { type: 'return', destination: ':1.9', replySerial: 4 });
  assert.equal(answerTo({ ...call, flags: 1 }), null);
  assert.equal(answerTo(REQUEST), null);
});
