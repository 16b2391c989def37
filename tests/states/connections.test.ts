/** A guest that goes on in another QEMU: who waits on a connection that is dead learns of it, who talks inside the guest goes on. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { until } from '../until.ts';

let lab: Lab;

/** Another machine on the wire, as the guest sees it: what goes there leaves with the address of its network card. */
const FAR = `set -e
ip link add near0 type veth peer name far0; ip netns add far; ip link set far0 netns far
ip address add 192.168.77.1/24 dev near0; ip link set near0 up
ip -n far address add 192.168.77.2/24 dev far0; ip -n far link set far0 up
ip -n far route add 10.0.2.15 via 192.168.77.1
ip route replace 192.168.77.2 dev near0 src 10.0.2.15`;
const SERVE =
  "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 9, LocalAddr => shift, LocalPort => 7000); push @all, $s->accept while 1'";
/** Reads what never comes, once somebody listens, and writes down how that ended: file, host. */
const WAIT =
  'perl -MIO::Socket::INET -e \'1 until $s = IO::Socket::INET->new(PeerAddr => $ARGV[1], PeerPort => 7000); open F, ">", "$ARGV[0].waits"; close F; sysread($s, $b, 1); $e = $!{ECONNABORTED} ? "aborted" : "$!"; open F, ">", $ARGV[0]; print F $e\'';

const root = (name: string, script: string): Promise<string> =>
  lab.ok('exec', name, '--user', 'root', '--', 'sh', '-c', script);
const background = (command: string): string => `setsid ${command} </dev/null >/dev/null 2>&1 &`;
const ended = (name: string, file: string): Promise<string> =>
  root(name, `cat /dev/shm/${file} 2>/dev/null || echo waits`);

async function wait(file: string, address: string): Promise<void> {
  await root(
    'dev',
    `${background(`${WAIT} /dev/shm/${file} ${address}`)} until [ -e /dev/shm/${file}.waits ]; do :; done`,
  );
}

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev');
  await root('dev', FAR);
  await root(
    'dev',
    `${background(`ip netns exec far ${SERVE} 192.168.77.2`)} ${background(`${SERVE} 127.0.0.1`)} true`,
  );
  await wait('far', '192.168.77.2');
  await wait('near', '127.0.0.1');
});
after(() => lab.close());

const steps = async (name: string): Promise<readonly { name: string; ok: boolean }[]> => {
  const { wake, report } = JSON.parse(await lab.ok('inspect', name, '--json'));
  return wake?.steps ?? report.steps;
};

test('after a pause all go on', async () => {
  await lab.ok('pause', 'dev');
  await lab.ok('resume', 'dev');
  assert.equal(await ended('dev', 'far'), 'waits\n');
  assert.equal(
    (await steps('dev')).some(({ name }) => name === 'dead connections'),
    false,
  );
});

test('in a fork the one to the outside is over, and the original keeps its own', async () => {
  await lab.ok('fork', 'dev', 'copy');
  await until('it is told', async () => (await ended('copy', 'far')) === 'aborted');
  assert.equal(await ended('copy', 'near'), 'waits\n');
  assert.equal(await ended('dev', 'far'), 'waits\n');
  assert.ok((await steps('copy')).some(({ name, ok }) => name === 'dead connections' && ok));
});

test('after a stop to disk it is over as well', async () => {
  await lab.ok('stop', 'dev');
  await lab.ok('start', 'dev');
  await until('it is told', async () => (await ended('dev', 'far')) === 'aborted');
  assert.equal(await ended('dev', 'near'), 'waits\n');
  assert.ok((await steps('dev')).some(({ name, ok }) => name === 'dead connections' && ok));
});
