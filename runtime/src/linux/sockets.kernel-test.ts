import { AGAIN } from '../sys.ts';
import assert from '../test-kit/assert.ts';
import { temporaryFolder } from '../test-kit/folder.ts';
import test, { runtime, type TestContext } from '../test-kit/test.ts';
import { ipv4, ipv6 } from './ip-text.ts';

function closeLater<T extends number[]>(t: TestContext, ...fds: T): T {
  t.after(() => fds.forEach((fd) => void runtime().sys.close(fd)));
  return fds;
}

test('a stream socket: mode, connection, bytes, end', (t) => {
  const { sys } = runtime();
  const path = `${temporaryFolder(t)}/s`;
  const server = sys.listenUnix(path, 'stream', 0o620);
  assert.deepEqual([sys.lstat(path).type, sys.lstat(path).mode], ['socket', 0o620]);
  assert.equal(sys.accept(server), null);
  const client = sys.connectUnix(path, 'stream');
  const peer = sys.accept(server);
  assert.ok(peer !== null);
  closeLater(t, server, client, peer);
  const buffer = new Uint8Array(10);
  assert.equal(sys.read(peer, buffer), AGAIN);
  sys.write(client, sys.encode('hello'));
  assert.equal(sys.read(peer, buffer), 5);
  sys.shutdownWrite(client);
  assert.equal(sys.read(peer, buffer), 0);
});

test('an address in use, one too long, one where nobody listens', (t) => {
  const { sys } = runtime();
  const path = `${temporaryFolder(t)}/s`;
  closeLater(t, sys.listenUnix(path, 'stream', 0o600));
  assert.throws(() => sys.listenUnix(path, 'stream', 0o600), { code: 'EADDRINUSE' });
  assert.throws(() => sys.listenUnix(`/tmp/${'x'.repeat(200)}`, 'stream', 0o600), { code: 'ENAMETOOLONG' });
  assert.throws(() => sys.connectUnix('/nowhere', 'stream'), { message: 'connect to /nowhere: ENOENT' });
});

test('the peer is known by pid, user, group and supplementary groups', (t) => {
  const { sys } = runtime();
  const [left, right] = sys.socketpair('stream');
  closeLater(t, left, right);
  const { pid, uid, gid, groups } = sys.peerCredentials(left);
  const own = sys.identity();
  assert.deepEqual([pid, uid, gid], [sys.getpid(), own.uid, own.gid]);
  assert.deepEqual([...groups].sort(), [...own.groups].sort());
});

test('datagrams carry the sender, its address, descriptors, and the fact that they were cut', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  const receiver = sys.listenUnix(`${folder}/r`, 'datagram', 0o600);
  const sender = sys.listenUnix('@bhatti-kernel-test', 'datagram', 0o600);
  closeLater(t, receiver, sender);
  sys.setPassCredentials(receiver);
  const buffer = new Uint8Array(8);
  assert.equal(sys.receive(receiver, buffer), null);

  const pipe = sys.pipe();
  sys.send(sender, sys.encode('12345678'), { to: `${folder}/r`, fds: [pipe.read, pipe.write] });
  const got = sys.receive(receiver, buffer);
  assert.ok(got !== null);
  assert.deepEqual([got.size, got.truncated, got.from, got.fds.length], [8, false, '@bhatti-kernel-test', 2]);
  assert.deepEqual([got.credentials?.pid, got.credentials?.uid], [sys.getpid(), sys.identity().uid]);
  const [read = -1, write = -1] = got.fds;
  closeLater(t, pipe.read, pipe.write, read, write);
  sys.write(write, sys.encode('x'));
  assert.equal(sys.read(pipe.read, buffer), 1);

  sys.send(sender, new Uint8Array(9), { to: `${folder}/r` });
  assert.equal(sys.receive(receiver, buffer)?.truncated, true);
});

test('sending to nobody is an error, sending into a full socket is AGAIN', (t) => {
  const { sys } = runtime();
  const [left, right] = sys.socketpair('datagram');
  closeLater(t, left);
  let sent = 0;
  while (sys.send(left, new Uint8Array(1000)) !== AGAIN) sent++;
  assert.ok(sent > 0);
  sys.close(right);
  assert.throws(() => sys.send(left, new Uint8Array(1)), { code: 'ECONNREFUSED' });
});

test('a broken pipe is an error, not the end of the process', () => {
  const { sys } = runtime();
  const { read, write } = sys.pipe();
  sys.close(read);
  assert.throws(() => sys.write(write, new Uint8Array(1)), { code: 'EPIPE' });
  sys.close(write);
});

test('a TCP connection that is refused says so', async (t) => {
  const { sys, loop } = runtime();
  if (sys.identity().uid === 0) sys.setUp('lo');
  const fd = sys.connectTcp('127.0.0.1', 1);
  closeLater(t, fd);
  await new Promise<void>((done) => {
    const watch = loop.watch(fd, 'out', () => {
      watch.stop();
      done();
    });
  });
  assert.equal(sys.socketError(fd), 111);
});

const addresses: readonly (readonly [string, string])[] = [
  ['127.0.0.1', '127.0.0.1'],
  ['256.0.0.1', 'none'],
  ['1.2.3', 'none'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['fe80::1:2', 'fe80:0:0:0:0:0:1:2'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['1:2:3:4:5:6:7:8::', 'none'],
  ['1::2::3', 'none'],
  [':1', 'none'],
  ['12345::', 'none'],
];
for (const [given, expected] of addresses)
  test(`the address ${given}`, () => {
    const four = ipv4(given)?.join('.');
    const six = ipv6(given);
    const groups =
      six && Array.from({ length: 8 }, (_, i) => (((six[2 * i] ?? 0) << 8) | (six[2 * i + 1] ?? 0)).toString(16));
    assert.equal(four ?? groups?.join(':') ?? 'none', expected);
  });
