import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { type TestContext } from 'node:test';
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Sender } from './compose.ts';
import { FileReader } from './file-reader.ts';
import { OpenFile } from './folder.ts';
import { NodeFiles, temporaryFolder } from './node-files.test.ts';
import { JournalWriter } from './writer.ts';

const sender: Sender = { fields: [['_SYSTEMD_UNIT', 'a.service']] };
const at = { realtimeUs: 1_795_442_905_525_408, monotonicUs: 2_590_535_210 };
const limits = { fileBytes: 4096, totalBytes: 16_384, keepFreeBytes: 1000, files: 100 };
const draft = (message: string) => ({ priority: 6, identifier: 'x', pid: 7, message, fields: [] });

function setUp(t: TestContext, sys = new NodeFiles(), fileBytes = limits.fileBytes) {
  const folder = `${temporaryFolder((run) => t.after(run))}/journal`;
  const make = () =>
    new JournalWriter(sys, { folder, limits: { ...limits, fileBytes }, base: [['_BOOT_ID', 'b']], now: () => at });
  const names = () => fs.readdirSync(folder).sort();
  const messages = (name: string) => {
    const file = new OpenFile(sys, `${folder}/${name}`);
    const found = [...new FileReader(file).forward()].map((e) => `${e.record.seq} ${e.message} ${e.get('_BOOT_ID')}`);
    file.close();
    return found;
  };
  return { sys, folder, make, names, messages };
}

test('messages reach their file with numbers that go on over all files', (t) => {
  const { make, names, messages } = setUp(t);
  const writer = make();
  writer.message('a.service', sender, at, draft('one'));
  writer.message('system', sender, at, draft('two'));
  writer.lines('a.service', sender, at, draft(''), ['three', 'four']);
  writer.flush();
  assert.deepEqual(names(), ['a.service.log', 'system.log']);
  assert.deepEqual(messages('a.service.log'), ['1 one b', '3 three b', '4 four b']);
  assert.deepEqual(messages('system.log'), ['2 two b']);
});

test('the next run goes on numbering, and ends a line that a crash has torn', (t) => {
  const { make, messages, folder } = setUp(t);
  const first = make();
  first.message('a.service', sender, at, draft('one'));
  first.flush();
  fs.appendFileSync(`${folder}/a.service.log`, '2026-11-23T14:0');
  const second = make();
  second.message('a.service', sender, at, draft('two'));
  second.flush();
  assert.deepEqual(messages('a.service.log'), ['1 one b', '2 two b']);
});

test('full files are put aside, the oldest go when all together are too many', (t) => {
  const { make, names, messages, folder } = setUp(t);
  const writer = make();
  for (let i = 1; i <= 600; i++) {
    writer.message('a.service', sender, at, draft(`message ${i}`));
    writer.flush();
  }
  const total = names().reduce((sum, name) => sum + fs.statSync(`${folder}/${name}`).size, 0);
  assert.ok(total <= 16_384 + 4096, `${total} bytes`);
  const numbers = names().flatMap((name) => messages(name).map((line) => Number(line.split(' ')[0])));
  numbers.sort((a, b) => a - b);
  assert.equal(numbers.at(-1), 600);
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, i) => 601 - numbers.length + i),
  );
  assert.match(names()[1] ?? '', /^a\.service\.log\.\d{16}$/);
});

test('on a disk without room old files go first, then messages wait, then they are counted as lost', (t) => {
  const sys = new NodeFiles();
  const { make, names, messages } = setUp(t, sys, 10_000_000);
  const writer = make();
  writer.message('a.service', sender, at, draft('kept'));
  writer.flush();
  writer.rotate();
  assert.equal(names().length, 1);
  sys.faults.push({ call: 'write', code: 'ENOSPC' });
  writer.message('b.service', sender, at, draft('waits'));
  writer.flush();
  assert.deepEqual(messages('b.service.log'), []);
  for (let i = 0; i < 3; i++) writer.message('b.service', sender, at, draft('y'.repeat(600_000)));
  sys.now = 2000;
  writer.flush();
  assert.deepEqual(
    messages('b.service.log').map((line) => line.slice(0, 12)),
    ['2 waits b', '3 yyyyyyyyyy'],
  );
  assert.deepEqual(messages('system.log'), ['6 Lost 2 messages: write : ENOSPC b']);
});

test('what the file system must keep free is not written into', (t) => {
  const sys = new NodeFiles();
  const { make, names } = setUp(t, sys);
  const writer = make();
  sys.available = 900;
  writer.message('a.service', sender, at, draft('waits'));
  writer.flush();
  assert.deepEqual(names(), []);
  sys.available = 1e9;
  sys.now = 2000;
  writer.flush();
  assert.deepEqual(names(), ['a.service.log']);
});

test('a batch that is written in part is cut off and written again', (t) => {
  const sys = new NodeFiles();
  const { make, messages } = setUp(t, sys);
  const writer = make();
  writer.message('a.service', sender, at, draft('one'));
  writer.flush();
  const write = sys.write.bind(sys);
  let parts = 0;
  sys.write = (fd, from) => {
    if (parts++ > 0) throw new SysError('write', 28, 'ENOSPC');
    return write(fd, from.subarray(0, 10));
  };
  writer.message('a.service', sender, at, draft('two'));
  writer.flush();
  assert.deepEqual(messages('a.service.log'), ['1 one b']);
  sys.write = write;
  sys.now = 2000;
  writer.flush();
  assert.deepEqual(messages('a.service.log'), ['1 one b', '2 two b']);
});

test('a folder that cannot be made yet keeps early messages', (t) => {
  const sys = new NodeFiles();
  const { make, messages } = setUp(t, sys);
  sys.faults.push({ call: 'mkdir', code: 'EROFS' });
  const writer = make();
  writer.message('system', sender, at, draft('early'));
  writer.flush();
  sys.now = 2000;
  writer.flush();
  assert.deepEqual(messages('system.log'), ['1 early b']);
});

test('rotate puts everything aside, vacuum by size and age deletes it and says what', (t) => {
  const { make, names, folder } = setUp(t);
  const writer = make();
  writer.message('a.service', sender, at, draft('one'));
  writer.message('b.service', sender, at, draft('two'));
  writer.rotate();
  assert.deepEqual(names(), ['a.service.log.0000000000000001', 'b.service.log.0000000000000002']);
  const size = fs.statSync(`${folder}/a.service.log.0000000000000001`).size;
  assert.deepEqual(writer.vacuum({ totalBytes: size + 10 }), [
    { path: `${folder}/a.service.log.0000000000000001`, sizeBytes: size },
  ]);
  fs.utimesSync(`${folder}/b.service.log.0000000000000002`, 1000, 1000);
  assert.equal(writer.vacuum({ olderThanMs: 2_000_000 }).length, 1);
  assert.deepEqual(names(), []);
});

test('many units: files are opened as needed and all get their lines', (t) => {
  const { make, names, messages } = setUp(t);
  const writer = make();
  for (let round = 0; round < 3; round++)
    for (let i = 0; i < 90; i++) {
      writer.message(`u${i}.service`, sender, at, draft(`r${round}`));
      writer.flush();
    }
  assert.equal(names().length, 90);
  assert.equal(messages('u5.service.log').length, 3);
});
