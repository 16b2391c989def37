import assert from 'node:assert/strict';
import test from 'node:test';
import { isRange, networkRules } from './rules.ts';

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

test('own ranges and the host come before what is allowed, and that before what is closed', () => {
  const rules = lines(networkRules(['10.1.2.0/24', '203.0.113.7']));
  const order = [
    'meta nfproto ipv6 goto refuse',
    'ip daddr 10.0.77.3 meta l4proto { tcp, udp } th dport 53 accept',
    'ip daddr { 127.0.0.0/8, 10.0.77.0/24 } goto refuse',
    'ip daddr @host goto refuse',
    'ip daddr 10.1.2.0/24 accept',
    'ip daddr 203.0.113.7 accept',
  ].map((rule) => rules.indexOf(rule));
  assert.ok(!order.includes(-1), String(order));
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  assert.ok((rules.findLast((rule) => rule.startsWith('ip daddr {')) ?? '').includes('169.254.0.0/16'));
});

test('a setting cannot bring rules of its own', () =>
  assert.throws(() => networkRules(['1.2.3.4 } accept; {']), /not an IPv4 range: 1\.2\.3\.4/));

for (const [text, is] of [
  ['10.0.0.0/8', true],
  ['203.0.113.7', true],
  ['256.0.0.1', false],
  ['10.0.0.0/33', false],
  ['::1', false],
  ['example.org', false],
] as const)
  test(`${text} is ${is ? 'a' : 'no'} range`, () => assert.equal(isRange(text), is));
