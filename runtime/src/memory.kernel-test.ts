import { collectGarbage, heapSize, setHeapLimit } from 'native';
import { EpollLoop } from './loop/epoll-loop.ts';
import assert from './test-kit/assert.ts';
import test from './test-kit/test.ts';

const MIB = 1024 * 1024;

const hungry: readonly (readonly [name: string, run: () => unknown])[] = [
  ['an array that grows', () => grow((kept) => kept.push(new Array(1000).fill(0)))],
  ['strings', () => grow((kept) => kept.push('x'.repeat(5000) + kept.length))],
  ['buffers', () => grow((kept) => kept.push(new Uint8Array(65_536)))],
  ['maps', () => grow((kept) => kept.push(new Map([[kept, {}]])))],
  ['one huge buffer', () => new Uint8Array(512 * MIB)],
  ['matches of a long text', () => [...'ab'.repeat(2e6).matchAll(/a/g)]],
  ['a long text split', () => 'ab'.repeat(2e6).split('')],
  ['deep JSON', () => JSON.parse('['.repeat(1e6))],
  ['promises', () => grow((kept) => kept.push(Promise.resolve(kept).then(() => kept)))],
];
function grow(step: (kept: unknown[]) => void): never {
  const kept: unknown[] = [];
  for (;;) step(kept);
}

for (const [name, run] of hungry)
  test(`at its limit of memory a callback fails, the process lives: ${name}`, () => {
    const errors: unknown[] = [];
    const loop = new EpollLoop({ callbackLimitMs: 20_000, onError: (error) => errors.push(String(error)) });
    collectGarbage();
    setHeapLimit(heapSize() + 16 * MIB);
    loop.call(() => void run());
    collectGarbage();
    setHeapLimit(2 ** 40);
    assert.equal(errors.length, 1);
    assert.ok(heapSize() < 16 * MIB, `${heapSize()} bytes are kept`);
  });
