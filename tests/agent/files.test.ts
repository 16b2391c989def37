import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import { BREAK_BYTE, BREAK_SIZE, DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import type { Request } from '@bhatti/wire/messages.ts';
import { until } from '../until.ts';
import { GuestAgent } from './guest-agent.ts';
import { read, smallDisk, type Write, write } from './guest-file.ts';

test('files go in and out unchanged', async (t) => {
  const agent = await GuestAgent.start(t);
  for (const size of [0, 1, 1024, 65536, 65537, 5_000_000]) {
    const content = randomBytes(size);
    const stat = await write(agent, `${agent.folder}/f`, content);
    assert.deepEqual([stat.size, stat.type, stat.mode, stat.path], [size, 'file', 0o644, `${agent.folder}/f`]);
    const call = await agent.ask({ op: 'file.read', path: `${agent.folder}/f`, offset: 0 });
    assert.ok(call.bytes(1).equals(content), `${size} bytes differ`);
    assert.equal(call.message('stat').stat.size, size);
  }
  assert.deepEqual(fs.readdirSync(agent.folder).sort(), ['f', 'port']);
});

test('what the line would take for the sign to begin anew goes in and out like all else', async (t) => {
  const agent = await GuestAgent.start(t);
  const content = randomBytes(6_000_000);
  const runs: [from: number, size: number][] = [
    [0, BREAK_SIZE - 1],
    [100_001, BREAK_SIZE],
    [DATA_SIZE_MAX - 5000, 10_000], // over the end of a frame
    [3 * DATA_SIZE_MAX, 2 * DATA_SIZE_MAX], // whole frames of it
    [5_999_000, 1000],
  ];
  for (const [from, size] of runs) content.fill(BREAK_BYTE, from, from + size);
  await write(agent, `${agent.folder}/f`, content);
  assert.ok(fs.readFileSync(`${agent.folder}/f`).equals(content), 'it was written otherwise');
  assert.ok((await read(agent, `${agent.folder}/f`)).equals(content), 'it was read otherwise');
});

test('a long file takes no more of the disk than its bytes do', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  await write(agent, path, randomBytes(9_000_000));
  const { blocks, size } = fs.statSync(path);
  assert.equal(size, 9_000_000);
  assert.ok(blocks * 512 < 9_100_000, `it takes ${blocks * 512} bytes`);
});

test('parts of a file', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  fs.writeFileSync(path, '0123456789');
  const rows: [offset: number, limit: number | undefined, text: string][] = [
    [0, undefined, '0123456789'],
    [3, undefined, '3456789'],
    [3, 2, '34'],
    [8, 100, '89'],
    [0, 0, ''],
    [10, undefined, ''],
    [1000, 5, ''],
  ];
  for (const [offset, limit, text] of rows) assert.equal(String(await read(agent, path, offset, limit)), text);
  assert.match(String(await read(agent, '/proc/version')), /^Linux/);
});

test('owner and mode: as asked, else as they were, else the default user’s', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  const of = async (also: Write): Promise<(number | string)[]> => {
    const { uid, gid, mode } = await write(agent, path, Buffer.from('x'), also);
    return [uid, gid, mode.toString(8)];
  };
  assert.deepEqual(await of({ user: 'nobody', mode: 0o4750 }), [65534, 65534, '4750']);
  assert.deepEqual(await of({}), [65534, 65534, '4750']);
  assert.deepEqual(await of({ user: '0' }), [0, 0, '4750']);
  assert.deepEqual(await of({ mode: 0o600 }), [0, 0, '600']);
  // no user lohar here, as in images of containers
  const { uid, gid, mode } = await write(agent, `${agent.folder}/new`, Buffer.alloc(1), {});
  assert.deepEqual([uid, gid, mode.toString(8)], [0, 0, '644']);
});

test('a write is all or nothing', async (t) => {
  const agent = await GuestAgent.start(t);
  const path = `${agent.folder}/f`;
  fs.writeFileSync(path, 'old');
  const call = agent.call({ op: 'file.write', path, user: 'root' });
  call.stream.write(0, Buffer.alloc(1000));
  await agent.ask({ op: 'stats' });
  assert.equal(fs.readFileSync(path, 'utf8'), 'old');
  call.stream.close();
  await agent.ask({ op: 'stats' });
  assert.deepEqual([fs.readFileSync(path, 'utf8'), fs.readdirSync(agent.folder).sort()], ['old', ['f', 'port']]);
});

test('a symbolic link is written through', async (t) => {
  const agent = await GuestAgent.start(t);
  fs.writeFileSync(`${agent.folder}/target`, 'old');
  fs.symlinkSync('target', `${agent.folder}/link`);
  await write(agent, `${agent.folder}/link`, Buffer.from('new'));
  assert.deepEqual(
    [fs.readFileSync(`${agent.folder}/target`, 'utf8'), fs.readlinkSync(`${agent.folder}/link`)],
    ['new', 'target'],
  );
});

test('a full disk: the error says so and nothing is left', async (t) => {
  const agent = await GuestAgent.start(t);
  const disk = smallDisk(t, 'tmpfs', 'size=1m');
  fs.writeFileSync(`${disk}/f`, 'old');
  await assert.rejects(write(agent, `${disk}/f`, Buffer.alloc(3_000_000)), {
    code: 'file.no-space',
    message: `cannot write ${disk}/f: the disk is full`,
  });
  assert.deepEqual([fs.readdirSync(disk), fs.readFileSync(`${disk}/f`, 'utf8')], [['f'], 'old']);
  await write(agent, `${disk}/f`, Buffer.alloc(500_000));
});

test('what cannot be done says why', async (t) => {
  const agent = await GuestAgent.start(t);
  const { folder } = agent;
  fs.writeFileSync(`${folder}/f`, '');
  fs.mkdirSync(`${folder}/full/x`, { recursive: true });
  execFileSync('mkfifo', [`${folder}/fifo`]);
  const rows: [request: Request, code: string, why: RegExp][] = [
    [
      { op: 'file.read', path: '/no/such', offset: 0 },
      'file.not-found',
      /^cannot read \/no\/such: there is no such file/,
    ],
    [{ op: 'file.read', path: folder, offset: 0 }, 'file.is-directory', /it is a directory/],
    [{ op: 'file.read', path: `${folder}/fifo`, offset: 0 }, 'file.failed', /no regular file/],
    [{ op: 'file.read', path: `${folder}/f/x`, offset: 0 }, 'file.not-directory', /not a directory/],
    [{ op: 'file.read', path: 'f', offset: 0 }, 'request.invalid', /must be absolute/],
    [{ op: 'file.read', path: `/${'x'.repeat(300)}`, offset: 0 }, 'file.failed', /longer than 255/],
    [{ op: 'file.write', path: folder, user: 'root' }, 'file.is-directory', /it is a directory/],
    [{ op: 'file.write', path: `${folder}/`, user: 'root' }, 'file.is-directory', /it is a directory/],
    [{ op: 'file.write', path: `${folder}/fifo`, user: 'root' }, 'file.failed', /no regular file/],
    [{ op: 'file.write', path: '/no/such/f', user: 'root' }, 'file.not-found', /no such file or directory/],
    [{ op: 'file.write', path: `${folder}/new`, user: 'none-such' }, 'exec.no-user', /no such user/],
    [{ op: 'file.list', path: '/no/such' }, 'file.not-found', /cannot list/],
    [{ op: 'file.list', path: `${folder}/f` }, 'file.not-directory', /cannot list/],
    [{ op: 'file.stat', path: '/no/such' }, 'file.not-found', /cannot look at/],
    [{ op: 'file.mkdir', path: '/no/such/x', parents: false }, 'file.not-found', /cannot make/],
    [{ op: 'file.mkdir', path: folder, parents: false }, 'file.failed', /exists already/],
    [{ op: 'file.mkdir', path: `${folder}/f`, parents: true }, 'file.failed', /exists already/],
    [{ op: 'file.remove', path: `${folder}/full`, recursive: false }, 'file.failed', /not empty/],
    [{ op: 'file.remove', path: '/no/such', recursive: true }, 'file.not-found', /cannot remove/],
    [{ op: 'file.remove', path: '///', recursive: true }, 'file.denied', /the whole sandbox/],
    [{ op: 'tar.read', path: '/no/such' }, 'file.not-found', /cannot pack/],
  ];
  const before = agent.openDescriptors();
  for (const [request, code, why] of rows) {
    const call = agent.call(request);
    const error = await call.closed;
    assert.equal(error?.code, code, JSON.stringify(request));
    assert.match(error?.message ?? '', why);
  }
  assert.equal(agent.openDescriptors(), before);
  assert.deepEqual(fs.readdirSync(folder).sort(), ['f', 'fifo', 'full', 'port']);
});

test('listings are sorted, bounded, and know what they left out', async (t) => {
  const agent = await GuestAgent.start(t);
  const { folder } = agent;
  fs.mkdirSync(`${folder}/few`);
  fs.writeFileSync(`${folder}/few/b`, 'xyz', { mode: 0o640 });
  fs.mkdirSync(`${folder}/few/a`);
  fs.symlinkSync('b', `${folder}/few/c`);
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/few/`), Buffer.of(0xff, 0x64)]), '');
  const few = (await agent.ask({ op: 'file.list', path: `${folder}/few/` })).message('entries');
  const shown = few.entries.map(({ path, type, size, target }) => [
    path.slice(folder.length),
    type,
    type === 'file' ? size : -1,
    target,
  ]);
  assert.deepEqual(shown, [
    ['/few/a', 'directory', -1, undefined],
    ['/few/b', 'file', 3, undefined],
    ['/few/c', 'symlink', -1, 'b'],
    ['/few/\udcffd', 'file', 0, undefined],
  ]);
  assert.equal(few.truncated, false);
  const odd = await agent.ask({ op: 'file.stat', path: `${folder}/few/\udcffd` });
  assert.equal(odd.message('stat').stat.type, 'file');
  fs.mkdirSync(`${folder}/many`);
  for (let n = 0; n < 1500; n++) fs.writeFileSync(`${folder}/many/${n}`, '');
  const many = (await agent.ask({ op: 'file.list', path: `${folder}/many` })).message('entries');
  assert.deepEqual([many.truncated, many.entries.length > 100], [true, true]);
  fs.mkdirSync(`${folder}/long`);
  for (let n = 100; n < 999; n++) fs.writeFileSync(`${folder}/long/${n}${'\u0001'.repeat(250)}`, '');
  const long = (await agent.ask({ op: 'file.list', path: `${folder}/long` })).message('entries');
  assert.deepEqual([long.truncated, long.entries.length > 100], [true, true]);
});

test('folders: made with parents, owned like the folder above, removed with all in them', async (t) => {
  const agent = await GuestAgent.start(t);
  const { folder } = agent;
  fs.mkdirSync(`${folder}/home`);
  fs.chownSync(`${folder}/home`, 7, 8);
  await agent.ask({ op: 'file.mkdir', path: `${folder}/home/a/b/c/`, parents: true, mode: 0o777 });
  const { uid, gid, mode } = fs.statSync(`${folder}/home/a/b/c`);
  assert.deepEqual([uid, gid, mode & 0o7777], [7, 8, 0o777]);
  await agent.ask({ op: 'file.mkdir', path: `${folder}/home/a/b`, parents: true });
  fs.writeFileSync(`${folder}/home/a/f`, '');
  fs.symlinkSync('/', `${folder}/home/a/root`);
  await agent.ask({ op: 'file.remove', path: `${folder}/home/`, recursive: true });
  assert.deepEqual(fs.readdirSync(folder), ['port']);
});

test('whole folders by tar, both ways', async (t) => {
  const agent = await GuestAgent.start(t);
  const { folder } = agent;
  fs.mkdirSync(`${folder}/from/sub`, { recursive: true });
  fs.writeFileSync(`${folder}/from/sub/big`, randomBytes(3_000_000));
  fs.writeFileSync(`${folder}/from/run`, 'x', { mode: 0o755 });
  fs.symlinkSync('run', `${folder}/from/link`);
  const packed = (await agent.ask({ op: 'tar.read', path: `${folder}/from` })).bytes(1);
  const call = agent.call({ op: 'tar.write', path: `${folder}/to`, user: 'root' });
  await call.send(packed);
  assert.equal(await call.closed, undefined);
  execFileSync('diff', ['-r', `${folder}/from`, `${folder}/to`]);
  assert.deepEqual(
    [fs.readlinkSync(`${folder}/to/link`), fs.statSync(`${folder}/to/run`).mode & 0o777],
    ['run', 0o755],
  );
  const one = (await agent.ask({ op: 'tar.read', path: `${folder}/from/run` })).bytes(1);
  assert.equal(execFileSync('tar', ['-t'], { input: one }).toString(), 'run\n');
});

test('unpacking: files are the user’s, garbage and a full disk are errors', async (t) => {
  const agent = await GuestAgent.start(t);
  const { folder } = agent;
  const unpack = async (path: string, content: Uint8Array, user: string): Promise<void> => {
    const call = agent.call({ op: 'tar.write', path, user });
    await call.send(content);
    const error = await call.closed;
    if (error) throw error;
  };
  fs.mkdirSync(`${folder}/from`);
  fs.writeFileSync(`${folder}/from/big`, Buffer.alloc(2_000_000));
  const packed = execFileSync('tar', ['-c', '-C', `${folder}/from`, '.'], { maxBuffer: 1e8 });
  await unpack(`${folder}/theirs`, packed, 'nobody');
  assert.deepEqual([fs.statSync(`${folder}/theirs`).uid, fs.statSync(`${folder}/theirs/big`).uid], [65534, 65534]);
  await assert.rejects(unpack(`${folder}/to`, Buffer.from('no archive at all'.repeat(100)), 'root'), {
    code: 'file.failed',
    message: /^cannot unpack into .*tar: This does not look like a tar archive/,
  });
  await assert.rejects(unpack(smallDisk(t, 'tmpfs', 'size=1m'), packed, 'root'), { code: 'file.no-space' });
  await assert.rejects(unpack(`${folder}/from/big`, packed, 'root'), {
    code: 'file.failed',
    message: /Not a directory/,
  });
});

test('a transfer that is given up leaves nothing running', async (t) => {
  const agent = await GuestAgent.start(t);
  fs.writeFileSync(`${agent.folder}/big`, '');
  fs.truncateSync(`${agent.folder}/big`, 1e9);
  await agent.exec(['true']);
  const before = await agent.descriptorsAtRest();
  for (const request of [
    { op: 'file.read', path: `${agent.folder}/big`, offset: 0 },
    { op: 'tar.read', path: '/usr' },
  ] as const) {
    const call = agent.call(request, false);
    await until('it flows', () => call.size(1) > 1_000_000);
    call.stream.close();
  }
  await until('descriptors are closed', () => agent.openDescriptors() === before);
  await until('cgroups are gone', () => agent.cgroups().length === 0);
});
