import assert from 'node:assert/strict';
import test from 'node:test';
import { addressesOf, parseNetworkJob, rulesWithHost } from './network-job.ts';

const OUTPUT = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever
5: ppp0    inet 203.0.113.9 peer 203.0.113.1/32 scope global ppp0\\       valid_lft forever
5: ppp0    inet 203.0.113.9 peer 203.0.113.2/32 scope global ppp0\\       valid_lft forever
`;

test('own addresses, not broadcast and peer ones, each once', () =>
  assert.deepEqual(addressesOf(OUTPUT), ['127.0.0.1', '192.0.2.2', '203.0.113.9']));

test('the addresses are part of the same transaction', () =>
  assert.equal(
    rulesWithHost('table inet bhatti\n', 'inet bhatti host', ['192.0.2.2', '203.0.113.9']),
    'table inet bhatti\nadd element inet bhatti host { 192.0.2.2, 203.0.113.9 }\n',
  ));

test('nft takes no empty list', () => assert.equal(rulesWithHost('rules\n', 'inet bhatti host', []), 'rules\n'));

test('a job that lacks a program is refused', () =>
  assert.throws(() => parseNetworkJob('{"nft":"/usr/sbin/nft"}'), /slirp4netns is missing in the network job/));
