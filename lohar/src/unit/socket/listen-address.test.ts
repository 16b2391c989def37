import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPlace, instanceName, ipEnd, parseNetlink, parsePlace, sockaddr } from './listen-address.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const again = (text: string): string | null => {
  const place = parsePlace(text);
  return place === null || place === 'range' ? place : formatPlace(place);
};

for (const [text, expected] of [
  ['127.0.0.1:80', '127.0.0.1:80'],
  ['80', '[::]:80'],
  ['[::1]:22', '[::1]:22'],
  ['[2001:db8:0:0:1:0:0:1]:22', '[2001:db8::1:0:0:1]:22'],
  ['[fe80::]:1', '[fe80::]:1'],
  ['[1:2:3:4:5:6:7:8]:9', '[1:2:3:4:5:6:7:8]:9'],
  ['/run/x.sock', '/run/x.sock'],
  ['@abstract', '@abstract'],
  ['99999', 'range'],
  ['0', 'range'],
  ['1.2.3.4:70000', 'range'],
  ['bogus:80x', null],
  ['host:80', null],
  ['1.2.3.999:80', null],
  ['[::1]', null],
  ['', null],
  [`/${'x'.repeat(120)}`, null],
] as const)
  test(`to listen on '${text.slice(0, 40)}'`, () => void assert.equal(again(text), expected));

for (const [text, expected] of [
  ['kobject-uevent 1', 'kobject-uevent 1'],
  ['route', 'route 0'],
  [' audit  4294967295 ', 'audit 4294967295'],
  ['audit 4294967296', null],
  ['route -1', null],
  ['route 1 2', null],
  ['constructor 1', null],
  ['', null],
] as const)
  test(`messages of the kernel: '${text}'`, () => {
    const place = parseNetlink(text);
    assert.equal(place && formatPlace(place), expected);
  });

test('an address as the kernel wants it, and back', () => {
  const place = parsePlace('10.1.2.3:258');
  assert.ok(place !== null && place !== 'range');
  const bytes = sockaddr(place, bytesOf);
  assert.deepEqual([...bytes], [2, 0, 1, 2, 10, 1, 2, 3, ...new Array(8).fill(0)]);
  assert.deepEqual(ipEnd(bytes), { host: '10.1.2.3', port: 258, isV4: true });
  assert.deepEqual([...sockaddr({ family: 'unix', path: '@ab' }, bytesOf)], [1, 0, 0, 97, 98]);
  assert.deepEqual([...sockaddr({ family: 'unix', path: '/a' }, bytesOf)], [1, 0, 47, 97, 0]);
  const uevents = parseNetlink('kobject-uevent 258');
  assert.deepEqual(uevents && [...sockaddr(uevents, bytesOf)], [16, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0]);
});

test('the instance of a connection has its number and both ends; IPv4 within IPv6 is IPv4', () => {
  const mapped = Uint8Array.from([
    10,
    0,
    0,
    80,
    ...new Array(4).fill(0),
    ...new Array(10).fill(0),
    255,
    255,
    127,
    0,
    0,
    1,
  ]);
  const whole = new Uint8Array(28);
  whole.set(mapped);
  assert.equal(instanceName(3, whole, whole, null), '3-127.0.0.1:80-127.0.0.1:80');
  const unix = Uint8Array.from([1, 0]);
  assert.equal(instanceName(3, unix, unix, { pid: 7, uid: 1000 }), '3-7-1000');
  assert.equal(instanceName(3, unix, unix, null), '3');
});
