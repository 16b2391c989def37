import assert from 'node:assert/strict';
import test from 'node:test';
import { listeningIn } from './survey.ts';

test('what listens, of /proc/net', () => {
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1011 1 0 100 0 0 10 0
   1: 0F02000A:0016 0202000A:D2A4 01 00000000:00000000 02:000A7214 00000000     0        0 1344 4 0 20 4 0 10 -1
`;
  const tcp6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000
`;
  const udp = `   sl  local_address rem_address   st
  201: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000
  202: 0100007F:0044 0100007F:1000 01 00000000:00000000 00:00000000 00000000
`;
  assert.deepEqual(listeningIn(tcp, 'tcp'), [{ address: '127.0.0.53', port: 53 }]);
  assert.deepEqual(listeningIn(tcp6, 'tcp'), [
    { address: '::', port: 8080 },
    { address: '::1', port: 631 },
  ]);
  assert.deepEqual(listeningIn(udp, 'udp'), [{ address: '0.0.0.0', port: 68 }]);
});
