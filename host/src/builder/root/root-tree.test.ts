import assert from 'node:assert/strict';
import test from 'node:test';
import type { EntryType, TarEntry } from '../tar/entry.ts';
import { forget } from './identity.ts';
import { BadRoot, type Node, RootTree } from './root-tree.ts';

function entry(name: string, type: EntryType = 'file', target = ''): TarEntry {
  const plain = { mode: 0o644, uid: 0, gid: 0, mtime: 0, major: 0, minor: 0, extended: new Map(), offset: 0, size: 1 };
  return { ...plain, name, type, target };
}

/** 'f name' for a file, 'd name/' for a folder, 'l name -> target', 'h name -> target'. */
function parse(line: string): TarEntry {
  const [kind, name = '', , target = ''] = line.split(' ');
  const types = { f: 'file', d: 'directory', l: 'symlink', h: 'hardlink' } as const;
  return entry(name, types[kind as 'f'], target);
}

function layered(...layers: (readonly string[])[]): RootTree {
  const tree = new RootTree();
  for (const [number, lines] of layers.entries())
    for (const one of lines.map(parse)) if (!tree.hide(one)) tree.add(one, number);
  return tree;
}

function shown(tree: RootTree): string {
  const lines: string[] = [];
  const show = (node: Node, path: string): void => {
    if ('children' in node) for (const [name, child] of node.children) show(child, `${path}/${name}`);
    else lines.push(`${path}${node.inode.type === 'symlink' ? `->${node.inode.target}` : `@${node.inode.archive}`}`);
  };
  show(tree.root, '');
  return lines.sort().join(' ');
}

const rows: [name: string, layers: string[][], result: string][] = [
  ['a later layer wins', [['f a', 'f b'], ['f b']], '/a@0 /b@1'],
  ['a whiteout takes a file away', [['f d/a', 'f d/b'], ['f d/.wh.a']], '/d/b@0'],
  ['a whiteout takes a folder away', [['f d/e/a', 'f d/b'], ['f d/.wh.e']], '/d/b@0'],
  ['an opaque folder hides all that was below', [['f d/a'], ['d d/', 'f d/.wh..wh..opq', 'f d/b']], '/d/b@1'],
  ['a file takes the place of a folder', [['f d/a'], ['f d']], '/d@1'],
  [
    'a folder takes the place of a link',
    [
      ['l d -> /etc', 'f etc/x'],
      ['d d/', 'f d/a'],
    ],
    '/d/a@1 /etc/x@0',
  ],
  ['a folder that is a link is entered inside', [['l lib -> usr/lib'], ['f lib/x']], '/lib->usr/lib /usr/lib/x@1'],
  ['a link to / is the root of the archive', [['l out -> /'], ['f out/etc/passwd']], '/etc/passwd@1 /out->/'],
  ['links cannot climb out', [['l out -> ../../..'], ['f out/tmp/x']], '/out->../../.. /tmp/x@1'],
  ['a second name outlives the first', [['f a', 'h b -> a'], ['f .wh.a']], '/b@0'],
  ['an absolute name is one below the root', [['f /etc/passwd']], '/etc/passwd@0'],
];
for (const [name, layers, result] of rows)
  test(name, () => {
    assert.equal(shown(layered(...layers)), result);
  });

const bad: [name: string, layer: string[]][] = [
  ['a name with ..', ['f ../../etc/passwd']],
  ['a folder that is a file', ['f a', 'f a/b']],
  ['links that go in a circle', ['l a -> b', 'l b -> a', 'f a/x']],
  ['a link to a file that is not there', ['h a -> nowhere']],
  ['a link that leads out', ['h a -> ../../etc/shadow']],
];
for (const [name, layer] of bad)
  test(`refused: ${name}`, () => {
    assert.throws(() => layered(layer), BadRoot);
  });

const forgets: [pattern: string, left: string][] = [
  ['etc/ssh/ssh_host_*', '/etc/ssh/config@0 /home/u/.vnc/passwd@0 /var/log/a@0 /var/log/d/b@0'],
  ['home/*/.vnc/passwd', '/etc/ssh/config@0 /etc/ssh/ssh_host_key@0 /var/log/a@0 /var/log/d/b@0'],
  ['var/log/**', '/etc/ssh/config@0 /etc/ssh/ssh_host_key@0 /home/u/.vnc/passwd@0'],
];
for (const [pattern, left] of forgets)
  test(`${pattern} is forgotten`, () => {
    const files = ['etc/ssh/config', 'etc/ssh/ssh_host_key', 'home/u/.vnc/passwd', 'var/log/a', 'var/log/d/b'];
    const tree = layered(files.map((path) => `f ${path}`));
    forget(tree.root, pattern);
    assert.equal(shown(tree), left);
    assert.ok(tree.find('var/log/d') !== undefined, 'folders stay');
  });
