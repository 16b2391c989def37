import assert from 'node:assert/strict';
import test from 'node:test';
import { destroyMessage, outerConnections } from './tcp-reset.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`;

const rows: [name: string, table: string, found: string[]][] = [
  ['an established one', row('0F02000A:8A3C', '0101A8C0:01BB', '01'), ['8A3C to 0101A8C0:01BB']],
  ['one that is being opened', row('0F02000A:8A3C', '0101A8C0:01BB', '02'), ['8A3C to 0101A8C0:01BB']],
  [
    'an IPv4 one of an IPv6 socket',
    row('0000000000000000FFFF00000F02000A:1F90', '0000000000000000FFFF00000202000A:C350', '01'),
    ['1F90 to 0000000000000000FFFF00000202000A:C350'],
  ],
  ['none that listens', row('0F02000A:0016', '00000000:0000', '0A'), []],
  ['none of loopback', row('0100007F:0016', '0100007F:8A3C', '01'), []],
  ['none with itself', row('0F02000A:0016', '0F02000A:8A3C', '01'), []],
];
for (const [name, table, found] of rows)
  test(`of the kernel's table it takes ${name}`, () =>
    assert.deepEqual(
      outerConnections(HEAD + table).map(({ local, remote }) => `${local[1]} to ${remote.join(':')}`),
      found,
    ));

test('the kernel is given ports and addresses as the network has them', () => {
  const [connection] = outerConnections(row('0F02000A:8A3C', '0101A8C0:01BB', '01'));
  assert.ok(connection);
  const id = destroyMessage(connection).subarray(24);
  assert.deepEqual([...id.subarray(0, 4)], [0x8a, 0x3c, 0x01, 0xbb]);
  assert.deepEqual([...id.subarray(4, 8)], [10, 0, 2, 15]);
  assert.deepEqual([...id.subarray(20, 24)], [192, 168, 1, 1]);
});
