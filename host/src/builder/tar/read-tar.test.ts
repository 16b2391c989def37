import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { TarEntry } from './entry.ts';
import { BadTar, readTar } from './read-tar.ts';
import { type Header, tarHeader } from './write-header.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-tar-'));
after(() => rmSync(folder, { recursive: true }));

const PLAIN: Header = {
  ...{ name: 'a', type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 1, target: '', major: 0, minor: 0 },
  ...{ extended: new Map(), size: 0 },
};

async function entriesOf(content: Buffer): Promise<TarEntry[]> {
  const path = join(folder, 'read.tar');
  writeFileSync(path, content);
  await using file: FileHandle = await open(path);
  const entries: TarEntry[] = [];
  for await (const entry of readTar(file)) entries.push(entry);
  return entries;
}

test('what GNU tar packs is read as it was: long names, links, sparse files', async () => {
  const root = join(folder, 'root');
  const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`;
  mkdirSync(join(root, long), { recursive: true });
  writeFileSync(join(root, long, 'file'), 'content');
  symlinkSync('/etc/passwd', join(root, 'link'));
  execFileSync('truncate', ['-s', '5M', join(root, 'sparse')]);
  for (const format of ['gnu', 'pax']) {
    const sparse = format === 'pax' ? ['--sparse'] : [];
    const content = execFileSync('tar', [`--format=${format}`, ...sparse, '-c', '-C', root, '.'], {
      maxBuffer: 64 << 20,
    });
    const entries = await entriesOf(content);
    const names = entries.map(({ name, type }) => `${type} ${name}`).sort();
    const folders = [`directory ./${'d'.repeat(90)}/`, `directory ./${long}/`, 'directory ./'];
    assert.deepEqual(names, [...folders, `file ./${long}/file`, 'symlink ./link', 'file ./sparse'].sort());
    const file = entries.find(({ name }) => name.endsWith('/file'));
    assert.equal(content.toString('utf8', file?.offset, (file?.offset ?? 0) + (file?.size ?? 0)), 'content');
    assert.equal(entries.find(({ name }) => name === './link')?.target, '/etc/passwd');
    const packed = entries.find(({ name }) => name === './sparse')?.size ?? 0;
    assert.equal(packed < 4096, format === 'pax', `${packed} bytes of a sparse file in format ${format}`);
  }
});

const rows: [name: string, header: Header][] = [
  ['a plain file', PLAIN],
  ['a name of 200 bytes that are no UTF-8', { ...PLAIN, name: '\xe9'.repeat(200) }],
  ['a user that octal digits cannot say', { ...PLAIN, uid: 1_000_700_000, gid: 4_294_967_294 }],
  ['an attribute of bytes', { ...PLAIN, extended: new Map([['SCHILY.xattr.user.x', '\x00=\n\xff']]) }],
  ['a device', { ...PLAIN, type: 'character', major: 10, minor: 229 }],
  ['a link to far away', { ...PLAIN, type: 'symlink', target: `/${'t'.repeat(300)}` }],
];
for (const [name, header] of rows)
  test(`what is written is read again: ${name}`, async () => {
    const [read] = await entriesOf(Buffer.concat([tarHeader(header), Buffer.alloc(1024)]));
    const { offset: _, ...rest } = read ?? assert.fail();
    const sane = new Map([...rest.extended].filter(([key]) => key.startsWith('SCHILY')));
    assert.deepEqual({ ...rest, extended: sane }, header);
  });

const header = tarHeader({ ...PLAIN, size: 600 });
const flagged = (flag: string, size: number): Buffer => {
  const bytes = tarHeader({ ...PLAIN, size });
  bytes.write(flag, 156, 'latin1');
  bytes.write('        ', 148, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
};
const bad: [name: string, content: Buffer, why: RegExp][] = [
  ['what is no archive', Buffer.from('x'.repeat(1024)), /no header at byte 0/],
  ['content that is cut short', Buffer.concat([header, Buffer.alloc(512)]), /cut short in a/],
  [
    'an extended header of a gigabyte',
    Buffer.concat([flagged('x', 2 ** 30), Buffer.alloc(512)]),
    /a header of 1073741824/,
  ],
  [
    'an extended header of nonsense',
    Buffer.concat([flagged('x', 20), Buffer.from('9999 a=b\n'.padEnd(512, '\0'))]),
    /cannot be read/,
  ],
  ['a type that nobody knows', flagged('S', 0), /unknown type "S"/],
];
for (const [name, content, why] of bad)
  test(`refused: ${name}`, async () => {
    await assert.rejects(entriesOf(content), (error) => error instanceof BadTar && why.test(error.message));
  });
