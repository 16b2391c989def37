import assert from 'node:assert/strict';
import test from 'node:test';
import { type Due, TimerHeap } from './timer-heap.ts';

function due(heap: TimerHeap<Due>, now: number): number[] {
  const taken: number[] = [];
  for (let item = heap.takeDue(now); item !== undefined; item = heap.takeDue(now)) taken.push(item.at);
  return taken;
}

test('what is due comes out in order, the rest stays', () => {
  const heap = new TimerHeap<Due>();
  for (const at of [5, 3, 8, 1, 9, 2]) heap.add({ at, index: -1 });
  assert.deepEqual(due(heap, 5), [1, 2, 3, 5]);
  assert.deepEqual([heap.size, heap.first?.at], [2, 8]);
});

test('random adding and removing agrees with a sorted list', () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const heap = new TimerHeap<Due>();
  let model: Due[] = [];
  for (let round = 0; round < 5000; round++) {
    if (random(3) > 0) {
      const item = { at: random(1000), index: -1 };
      heap.add(item);
      model.push(item);
    } else if (model.length > 0) {
      const [item] = model.splice(random(model.length), 1);
      if (item) heap.remove(item);
      if (item) heap.remove(item);
    }
    assert.equal(heap.size, model.length);
    assert.equal(heap.first?.at, model.length > 0 ? Math.min(...model.map(({ at }) => at)) : undefined);
  }
  const all = model.map(({ at }) => at).sort((a, b) => a - b);
  model = [];
  assert.deepEqual(due(heap, 1000), all);
});
