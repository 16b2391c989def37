import assert from 'node:assert/strict';
import test from 'node:test';
import type { Machine } from '../exec/specifier.ts';
import { FakeUnitFiles } from '../load/unit-files.fake.ts';
import { UnitIndex } from '../load/unit-index.ts';
import { UnitRegistry } from './registry.ts';

const machine = { hostname: () => 'lab' } as Partial<Machine> as Machine;
const path = (name: string): string => `/etc/systemd/system/${name}.service`;
const service = (body: string): string => `[Service]\nExecStart=/bin/true\n${body}`;

/** A mount of the kernel and two services; `read` names what was read since it was emptied. */
function loaded(): { files: FakeUnitFiles; registry: UnitRegistry; read: string[]; lookAgain: () => void } {
  const files = new FakeUnitFiles({ [path('a')]: service('[Unit]\nAfter=x.target'), [path('b')]: service('') });
  const index = UnitIndex.of(files);
  const look = { index };
  const kernelHas = (id: string) => (id === 'mnt.mount' ? { Description: '/mnt' } : null);
  const read: string[] = [];
  const registry = new UnitRegistry({
    sources: () => ({ files, ...look, machine, kernelHas }),
    loaded: ({ id }) => read.push(id),
    dropped: () => undefined,
  });
  for (const name of ['a.service', 'b.service', 'mnt.mount']) registry.get(name);
  read.length = 0;
  const lookAgain = () => {
    look.index = UnitIndex.of(files);
  };
  return { files, registry, read, lookAgain };
}

test('a reload reads what may have changed and no more: mounts of the kernel, and files that did', () => {
  const { files, registry, read } = loaded();
  registry.reload();
  assert.deepEqual(read, ['mnt.mount']);
  read.length = 0;
  files.entries.set(path('b'), service('Nice=5'));
  registry.reload();
  assert.deepEqual(read.sort(), ['b.service', 'mnt.mount']);
  assert.equal(registry.get('b.service').config.settings.Nice, 5);
  assert.equal(registry.get('a.service').has('After', registry.get('x.target')), true);
});

test('relations follow a reload when a file names others', () => {
  const { files, registry } = loaded();
  files.entries.set(path('a'), service('[Unit]\nAfter=y.target'));
  registry.reload();
  const a = registry.get('a.service');
  assert.deepEqual([a.has('After', registry.get('x.target')), a.has('After', registry.get('y.target'))], [false, true]);
  assert.equal(registry.get('y.target').has('Before', a), true);
});

test('a reload reads those that the folders tell something else of, and leaves the others', () => {
  const { files, registry, read, lookAgain } = loaded();
  files.entries.set(path('c'), service(''));
  lookAgain();
  registry.reload();
  assert.deepEqual(read, ['mnt.mount']);
  read.length = 0;
  files.entries.set(`${path('b')}.d/x.conf`, '[Service]\nNice=7\n');
  lookAgain();
  registry.get('c.service'); // reads with the new look, before the reload
  assert.equal(registry.get('b.service').config.settings.Nice, 0);
  registry.reload();
  assert.ok(read.includes('b.service') && !read.includes('a.service'), `${read}`);
  assert.equal(registry.get('b.service').config.settings.Nice, 7);
});

test('masked, unmasked and gone: a reload follows', () => {
  const { files, registry, lookAgain } = loaded();
  const loads: string[] = [];
  for (const content of ['-> /dev/null', service(''), null]) {
    if (content === null) files.entries.delete(path('b'));
    else files.entries.set(path('b'), content);
    lookAgain();
    registry.reload();
    loads.push(registry.peek('b.service')?.config.load ?? 'gone');
  }
  assert.deepEqual(loads, ['masked', 'loaded', 'not-found']);
});
