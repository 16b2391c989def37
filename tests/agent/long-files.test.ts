/** Files of which a part goes past the page cache. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import { BREAK_BYTE, BREAK_SIZE } from '@bhatti/wire/limits.ts';
import { until } from '../until.ts';
import { GuestAgent } from './guest-agent.ts';
import { read, smallDisk, write } from './guest-file.ts';

const MIB = 1024 * 1024;

/** With what the line would take for the sign to begin anew in it, in the middle and over the borders of frames. */
function contentOf(size: number): Buffer {
  const content = randomBytes(size);
  for (const [from, length] of [
    [5 * MIB, BREAK_SIZE],
    [6 * MIB - 3000, 6000],
    [8 * MIB, 3 * MIB],
    [size - 5000, 5000],
  ] as const)
    content.fill(BREAK_BYTE, from, from + length);
  return content;
}

/** dd(1): "count=0" with nocache drops what is cached of the whole file. */
const dropCache = (path: string): Buffer =>
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'pipe' });

test('a long file goes in and out unchanged, whether it is in memory or not, from anywhere in it', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  const content = contentOf(16 * MIB + 123);
  await write(agent, path, content);
  assert.ok(fs.readFileSync(path).equals(content), 'it was written otherwise');
  const parts: [offset: number, limit: number | undefined][] = [
    [0, undefined],
    [1, undefined],
    [4096, 5_000_000],
    [4096, 9 * MIB],
    [5 * MIB + 512, undefined],
    [15 * MIB, undefined],
  ];
  for (const cached of [false, true]) {
    for (const [offset, limit] of parts) {
      if (cached) fs.readFileSync(path);
      else dropCache(path);
      const expected = content.subarray(offset, limit === undefined ? undefined : offset + limit);
      const got = await read(agent, path, offset, limit);
      assert.ok(got.equals(expected), `from ${offset}, ${limit} bytes, ${cached ? '' : 'not '}cached: it differs`);
    }
  }
});

test('a file system that knows no way past its cache takes and gives long files, too', async (t) => {
  const agent = await GuestAgent.start(t);
  const disk = smallDisk(t, 'ramfs', '');
  const content = contentOf(13 * MIB + 1);
  await write(agent, `${disk}/f`, content);
  assert.ok(fs.readFileSync(`${disk}/f`).equals(content), 'it was written otherwise');
  assert.ok((await read(agent, `${disk}/f`)).equals(content), 'it was read otherwise');
});

test('seven long files at once, both ways', async (t) => {
  const agent = await GuestAgent.start(t);
  const contents = Array.from({ length: 7 }, () => contentOf(12 * MIB + 7));
  const path = (n: number): string => `${agent.folder}/f${n}`;
  await Promise.all(contents.map((content, n) => write(agent, path(n), content)));
  for (const n of contents.keys()) dropCache(path(n));
  const back = await Promise.all(contents.map((_, n) => read(agent, path(n))));
  for (const [n, content] of contents.entries()) assert.ok(back[n]?.equals(content), `file ${n} came back otherwise`);
});

test('a disk that is full far into the file: the error says so and nothing is left', async (t) => {
  const agent = await GuestAgent.start(t);
  const disk = smallDisk(t, 'tmpfs', 'size=9m');
  for (let time = 0; time < 6; time++) {
    await assert.rejects(write(agent, `${disk}/f`, Buffer.alloc(14 * MIB, 1)), { code: 'file.no-space' });
    assert.deepEqual(fs.readdirSync(disk), []);
  }
  // the memory for it was given back each time
  await write(agent, `${disk}/f`, Buffer.alloc(8 * MIB, 1));
});

test('a file that is cut off, or grows, while it is read', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  for (const size of [7 * MIB + 5, 20 * MIB + 11]) {
    const content = randomBytes(14 * MIB);
    fs.writeFileSync(path, content);
    execFileSync('sync', [path]);
    dropCache(path);
    const call = agent.call({ op: 'file.read', path, offset: 0 });
    call.stalled = true;
    await until('as much came as may', () => call.size(1) >= MIB / 2);
    if (size < content.length) fs.truncateSync(path, size);
    else fs.appendFileSync(path, randomBytes(size - content.length));
    call.resume();
    assert.equal(await call.closed, undefined);
    assert.ok(call.bytes(1).equals(fs.readFileSync(path)), `it is not what the file of ${size} bytes is now`);
  }
});

test('readers that give up in the middle leave nothing behind, and nothing of theirs in what others read', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  const content = contentOf(24 * MIB);
  await write(agent, path, content);
  const before = await agent.descriptorsAtRest();
  for (let round = 0; round < 6; round++) {
    dropCache(path);
    const call = agent.call({ op: 'file.read', path, offset: 0 });
    call.stalled = true;
    await until('some of it came', () => call.size(1) > 0);
    call.stream.close();
    assert.ok((await read(agent, path, MIB)).equals(content.subarray(MIB)), `it differs in round ${round}`);
  }
  assert.equal(await agent.descriptorsAtRest(), before);
});
