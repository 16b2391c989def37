import { AGAIN, SysError } from '../sys.ts';
import assert from '../test-kit/assert.ts';
import { temporaryFolder } from '../test-kit/folder.ts';
import test, { runtime } from '../test-kit/test.ts';
import { O_RDONLY, O_RDWR } from './constants.ts';

test('pipes and sockets do not block and are closed by exec', () => {
  const { sys } = runtime();
  const pipe = sys.pipe();
  const pair = sys.socketpair('seqpacket');
  for (const fd of [pipe.read, pipe.write, ...pair]) {
    assert.equal(sys.attempt('fcntl', fd, 1, 0), 1);
    assert.ok((sys.attempt('fcntl', fd, 3, 0) & 0o4000) !== 0);
  }
  assert.equal(sys.read(pipe.read, new Uint8Array(1)), AGAIN);
  sys.setNonBlocking(pipe.read, false);
  assert.equal(sys.attempt('fcntl', pipe.read, 3, 0) & 0o4000, 0);
  sys.setCloseOnExec(pipe.read, false);
  assert.equal(sys.attempt('fcntl', pipe.read, 1, 0), 0);
  for (const fd of [pipe.read, pipe.write, ...pair]) sys.close(fd);
});

test('splice moves bytes from pipe to pipe, says AGAIN, and ends', () => {
  const { sys } = runtime();
  const from = sys.pipe();
  const to = sys.pipe();
  assert.equal(sys.splice(from.read, to.write, 100), AGAIN);
  sys.write(from.write, new Uint8Array(3000));
  assert.equal(sys.splice(from.read, to.write, 1000), 1000);
  assert.equal(sys.splice(from.read, to.write, 100_000), 2000);
  sys.close(from.write);
  assert.equal(sys.splice(from.read, to.write, 1), 0);
  assert.equal(sys.read(to.read, new Uint8Array(5000)), 3000);
  for (const fd of [from.read, to.read, to.write]) sys.close(fd);
});

test('a terminal carries lines and its size', () => {
  const { sys } = runtime();
  const { master, slave } = sys.openPty(24, 80);
  assert.deepEqual(sys.windowSize(slave), { rows: 24, cols: 80 });
  sys.setWindowSize(master, 50, 132);
  assert.deepEqual(sys.windowSize(slave), { rows: 50, cols: 132 });
  sys.write(slave, sys.encode('a\n'));
  const buffer = new Uint8Array(10);
  assert.equal(sys.decode(buffer.subarray(0, sys.read(master, buffer))), 'a\r\n');
  assert.equal(sys.windowSize(sys.open('/dev/null', O_RDONLY)), null);
  sys.close(master);
  sys.close(slave);
});

test('what is read is also in a copy that goes round, with its count', () => {
  const { sys } = runtime();
  const pipe = sys.pipe();
  const copy = sys.memfd('test');
  const buffer = new Uint8Array(100);
  const take = (count: number): number => sys.readKept(pipe.read, buffer, copy, count, 10);
  assert.equal(take(0), AGAIN);
  sys.write(pipe.write, sys.encode('abcdefg'));
  assert.equal(take(0), 7);
  sys.write(pipe.write, sys.encode('hijkl'));
  assert.equal(take(7), 5);
  assert.equal(sys.decode(buffer.subarray(0, 5)), 'hijkl');
  assert.equal(sys.decode(buffer.subarray(0, sys.pread(copy, buffer, 4096))), 'klcdefghij');
  const count = new Uint8Array(8);
  sys.pread(copy, count, 0);
  assert.deepEqual([...count], [12, 0, 0, 0, 0, 0, 0, 0]);
  sys.close(pipe.write);
  assert.equal(take(12), 0);
  for (const fd of [pipe.read, copy]) sys.close(fd);
});

test('a sealed memory file can be read and no more be changed', () => {
  const { sys } = runtime();
  const fd = sys.memfd('test');
  sys.ftruncate(fd, 4096);
  sys.pwrite(fd, Uint8Array.of(7), 0);
  sys.seal(fd);
  for (const change of [() => sys.pwrite(fd, Uint8Array.of(8), 0), () => sys.ftruncate(fd, 1)])
    assert.throws(change, { code: 'EPERM' });
  const buffer = new Uint8Array(1);
  sys.pread(fd, buffer, 0);
  assert.equal(buffer[0], 7);
  const again = sys.open(`/proc/self/fd/${fd}`, O_RDWR);
  assert.throws(() => sys.write(again, Uint8Array.of(8)), { code: 'EPERM' });
  sys.close(again);
  sys.close(fd);
});

test('a watched folder tells which name appeared', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  const fd = sys.inotify();
  const IN_CREATE = 0x100;
  const watch = sys.inotifyAdd(fd, folder, IN_CREATE);
  sys.writeFile(`${folder}/new`, '');
  const buffer = new Uint8Array(100);
  sys.read(fd, buffer);
  const event = new DataView(buffer.buffer);
  assert.deepEqual([event.getInt32(0, true), event.getUint32(4, true)], [watch, IN_CREATE]);
  assert.equal(sys.decode(buffer.subarray(16, buffer.indexOf(0, 16))), 'new');
  sys.inotifyRemove(fd, watch);
  sys.close(fd);
});

test('any system call can be made, and structures may hold pointers', () => {
  const { sys } = runtime();
  assert.equal(sys.attempt('getppid') > 0, true);
  assert.equal(sys.attempt('close', -1), -9);
  const [first, second] = [sys.encode('ab'), sys.encode('cd')];
  const vector = new BigUint64Array([sys.addressOf(first), 2, sys.addressOf(second), 2].map(BigInt));
  const { read, write } = sys.pipe();
  assert.equal(sys.attempt('writev', write, new Uint8Array(vector.buffer), 2), 4);
  const buffer = new Uint8Array(8);
  assert.equal(sys.decode(buffer.subarray(0, sys.read(read, buffer))), 'abcd');
  for (const fd of [read, write]) sys.close(fd);
  assert.throws(() => sys.close(read), SysError);
});
