import assert from 'node:assert/strict';
import test from 'node:test';
import { deadIn } from './dead-connections.ts';
import { ADDRESS_WORD } from './network.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000\n`;
const OWN = ADDRESS_WORD;
const MAPPED = '0000000000000000FFFF0000';

const rows: readonly (readonly [string, string, number])[] = [
  ['to the outside', row(`${OWN}:0016`, '0202000A:D2A4', '01'), 1],
  ['on its way', row(`${OWN}:9000`, '08080808:01BB', '02'), 1],
  ['half closed', row(`${OWN}:9000`, '08080808:01BB', '08'), 1],
  ['over', row(`${OWN}:9000`, '08080808:01BB', '06'), 0],
  ['listening', row(`${OWN}:0050`, '00000000:0000', '0A'), 0],
  ['to itself by loopback', row('0100007F:9000', '0100007F:0050', '01'), 0],
  ['to itself by its address', row(`${OWN}:9000`, `${OWN}:0050`, '01'), 0],
  ['to a container', row('010011AC:9000', '020011AC:0050', '01'), 0],
  ['of a program for IPv6', row(`${MAPPED}${OWN}:9000`, `${MAPPED}08080808:01BB`, '01'), 1],
  ['of one to itself', row(`${MAPPED}${OWN}:9000`, `${MAPPED}${OWN}:0050`, '01'), 0],
  ['no table', 'x\n', 0],
];
for (const [name, line, count] of rows)
  test(`a connection ${name}`, () => {
    assert.equal(deadIn(HEAD + line).length, count);
  });
