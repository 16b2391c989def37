import assert from '../test-kit/assert.ts';
import { temporaryFolder } from '../test-kit/folder.ts';
import test, { runtime } from '../test-kit/test.ts';
import { F_SETPIPE_SZ, O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from './constants.ts';

const text = (bytes: Uint8Array): string => runtime().sys.decode(bytes);

test('a file is written, appended to and read', (t) => {
  const { sys } = runtime();
  const path = `${temporaryFolder(t)}/a`;
  sys.writeFile(path, 'one\n');
  sys.writeFile(path, 'two\n', { append: true });
  assert.equal(text(sys.readFile(path, 100)), 'one\ntwo\n');
  sys.writeFile(path, 'three', { mode: 0o600 });
  assert.equal(text(sys.readFile(path, 5)), 'three');
});

test('a file longer than the limit is refused', (t) => {
  const { sys } = runtime();
  const path = `${temporaryFolder(t)}/a`;
  sys.writeFile(path, new Uint8Array(70_000));
  assert.equal(sys.readFile(path, 70_000).length, 70_000);
  assert.throws(() => sys.readFile(path, 69_999), { code: 'EFBIG', message: `read ${path}: EFBIG` });
});

test('files of proc, which claim to be empty, are read whole', () => {
  const { sys } = runtime();
  assert.match(text(sys.readFile('/proc/self/status', 65_536)), /^Name:\t/);
});

test('positions are read and written', (t) => {
  const { sys } = runtime();
  const fd = sys.open(`${temporaryFolder(t)}/a`, O_RDWR | O_CREAT, 0o644);
  t.after(() => sys.close(fd));
  assert.equal(sys.pwrite(fd, sys.encode('xyz'), 2 ** 32), 3);
  const buffer = new Uint8Array(8);
  assert.equal(sys.pread(fd, buffer, 2 ** 32 - 1), 4);
  assert.deepEqual([...buffer.subarray(0, 4)], [0, 120, 121, 122]);
  assert.equal(sys.fstat(fd).size, 2 ** 32 + 3);
  sys.ftruncate(fd, 1);
  assert.equal(sys.fstat(fd).size, 1);
});

test('an atomic write replaces the file, its mode and owner, and leaves nothing beside it', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  sys.writeFile(`${folder}/a`, 'before');
  const before = sys.stat(`${folder}/a`).id;
  const { uid, gid } = sys.identity();
  sys.writeFileAtomic(`${folder}/a`, sys.encode('after'), { mode: 0o4640, uid, gid });
  const stat = sys.stat(`${folder}/a`);
  assert.equal(text(sys.readFile(`${folder}/a`, 100)), 'after');
  assert.deepEqual([stat.mode, stat.type, stat.id === before], [0o4640, 'file', false]);
  assert.deepEqual(sys.readdir(folder, 10), [{ name: 'a', type: 'file' }]);
});

test('an atomic write onto a folder fails and leaves nothing', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  sys.mkdir(`${folder}/d`, 0o755);
  assert.throws(() => sys.writeFileAtomic(`${folder}/d`, sys.encode('x')), { code: 'EISDIR' });
  assert.equal(sys.readdir(folder, 10).length, 1);
});

test('names that are no UTF-8 come back byte for byte', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  const name = sys.decode(Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80));
  assert.equal(name, 'a\udcff\udcc3(\udced\udca0\udc80');
  sys.writeFile(`${folder}/${name}`, 'x');
  assert.deepEqual(sys.readdir(folder, 10), [{ name, type: 'file' }]);
  assert.equal(text(sys.readFile(`${folder}/${name}`, 10)), 'x');
});

test('a name with a NUL is refused, not cut', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  assert.throws(() => sys.writeFile(`${folder}/a\0b`, 'x'), { code: 'EINVAL' });
  assert.deepEqual(sys.readdir(folder, 10), []);
});

test('links, renames and what they are', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  sys.writeFile(`${folder}/a`, 'x');
  sys.symlink('a', `${folder}/s`);
  sys.link(`${folder}/a`, `${folder}/h`);
  assert.equal(sys.readlink(`${folder}/s`), 'a');
  assert.deepEqual([sys.lstat(`${folder}/s`).type, sys.stat(`${folder}/s`).type], ['symlink', 'file']);
  assert.equal(sys.stat(`${folder}/h`).id, sys.stat(`${folder}/a`).id);
  assert.equal(sys.stat(`${folder}/a`).nlink, 2);
  assert.equal(sys.realpath(`${folder}/s`), `${folder}/a`);
  sys.rename(`${folder}/h`, `${folder}/i`);
  assert.throws(() => sys.stat(`${folder}/h`), { code: 'ENOENT', errno: 2, call: `stat ${folder}/h` });
});

test('modes, times and owners', (t) => {
  const { sys } = runtime();
  const path = `${temporaryFolder(t)}/a`;
  sys.writeFile(path, 'x');
  sys.chmod(path, 0o1751);
  sys.utimes(path, 1000.5, 1_234_567_890_123.25);
  const { uid, gid } = sys.identity();
  sys.chown(path, uid, gid);
  const stat = sys.stat(path);
  assert.deepEqual([stat.mode, stat.mtimeMs, stat.uid, stat.gid], [0o1751, 1_234_567_890_123.25, uid, gid]);
  assert.ok(Math.abs(stat.ctimeMs - sys.realtimeMs()) < 60_000);
});

test('a folder of 10,000 names is listed whole, or up to a limit', (t) => {
  const { sys } = runtime();
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 10_000 }, (_, i) => `name-${i}`);
  for (const name of names) sys.close(sys.open(`${folder}/${name}`, O_WRONLY | O_CREAT, 0o600));
  const found = sys.readdir(folder, 20_000).map(({ name }) => name);
  assert.deepEqual(found.sort(), names.sort());
  assert.equal(sys.readdir(folder, 7).length, 7);
});

test('every kind of file is told apart', () => {
  const { sys } = runtime();
  const kinds = ['/dev/null', '/proc', '/proc/self/exe'].map((path) => sys.lstat(path).type);
  assert.deepEqual(kinds, ['char', 'directory', 'symlink']);
  const { read, write } = sys.pipe();
  assert.equal(sys.fstat(read).type, 'fifo');
  sys.close(read);
  sys.close(write);
});

test('rights and sizes of file systems', () => {
  const { sys } = runtime();
  assert.deepEqual([sys.access('/proc/self/exe', 1), sys.access('/nowhere', 0)], [true, false]);
  const { blockSize, blocks, available, type } = sys.statfs('/proc');
  assert.deepEqual([type, available <= blocks, blockSize >= 512], [0x9fa0, true, true]);
});

test('errors name call, object and code', () => {
  const { sys } = runtime();
  assert.throws(() => sys.open('/nowhere/x', O_RDONLY), { name: 'SysError', message: 'open /nowhere/x: ENOENT' });
  assert.throws(() => sys.close(999_999), { message: 'close 999999: EBADF' });
});

test('frames that lie apart are written as long as all goes well', () => {
  const { sys } = runtime();
  const rows: [memory: string, count: number, room: number, sent: string][] = [
    ['<abc>..<def>..<ghi>', 3, 100, '<abc><def><ghi>'],
    ['<abc>..<def>..<ghi>', 2, 100, '<abc><def>'],
    ['<abc>..<def>..<ghi>', 0, 100, ''],
    ['<abc>xx<def>', 2, 100, '<abc><def>'], // a run between them is nobody's
    ['<abc>..<dxx>..<ghi>', 3, 100, '<abc>'], // one in a frame
    ['<axc>..<xef>', 2, 100, '<axc><xef>'], // one alone is none
    ['<abc>..<def>', 2, 5, '<abc>'], // no more was taken
  ];
  for (const [memory, count, room, sent] of rows) {
    const { read, write } = sys.pipe();
    sys.setNonBlocking(write, true);
    sys.setNonBlocking(read, true);
    const capacity = sys.attempt('fcntl', write, F_SETPIPE_SZ, 4096);
    if (room < 100) sys.write(write, new Uint8Array(capacity - room));
    const written = sys.writeFrames(write, sys.encode(memory), count, 7, 5, 'x'.charCodeAt(0), 2);
    assert.equal(written, sent.length, memory);
    const got = new Uint8Array(capacity);
    const size = written === 0 ? 0 : sys.read(read, got);
    assert.equal(text(got.subarray(size - sent.length, size)), sent);
    for (const fd of [read, write]) sys.close(fd);
  }
  const wrong: [count: number, stride: number, size: number][] = [
    [2, 7, 6], // the second ends behind the memory
    [1, 4, 5], // they overlap
    [-1, 7, 5],
    [1, 7, 0],
    [2 ** 52, 2 ** 52, 5],
  ];
  for (const [count, stride, size] of wrong)
    assert.throws(() => sys.writeFrames(1, new Uint8Array(12), count, stride, size, 0, 1), RangeError, String(size));
});

test('of a frame that is cut off, it tells how much was written', (t) => {
  const { sys } = runtime();
  const { read, write } = sys.pipe();
  for (const fd of [read, write]) t.after(() => sys.close(fd));
  sys.setNonBlocking(write, true);
  sys.attempt('fcntl', write, F_SETPIPE_SZ, 8192);
  const written = sys.writeFrames(write, new Uint8Array(18_000).fill(1), 3, 6000, 6000, 2, 2);
  assert.deepEqual([Math.floor(written / 6000), written % 6000 > 0], [1, true]);
  sys.setNonBlocking(read, true);
  assert.equal(sys.readMany(read, new Uint8Array(18_000)), written);
});
