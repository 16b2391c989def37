import assert from 'node:assert/strict';
import test from 'node:test';
import { RateLimiter } from './rate-limit.ts';

test('a burst passes, the rest is counted and told with the next interval', () => {
  const limiter = new RateLimiter({ intervalMs: 1000, burst: 5 });
  assert.deepEqual(limiter.pass(0, 3), { allowed: 3, suppressed: 0 });
  assert.deepEqual(limiter.pass(10, 4), { allowed: 2, suppressed: 0 });
  assert.deepEqual(limiter.pass(500, 10), { allowed: 0, suppressed: 0 });
  assert.deepEqual(limiter.pass(1000, 1), { allowed: 1, suppressed: 12 });
  assert.deepEqual(limiter.pass(2000, 1), { allowed: 1, suppressed: 0 });
});

for (const [name, limit] of [
  ['interval 0', { intervalMs: 0, burst: 5 }],
  ['burst 0', { intervalMs: 1000, burst: 0 }],
] as const)
  test(`${name} means no limit`, () =>
    assert.deepEqual(new RateLimiter(limit).pass(0, 1000), { allowed: 1000, suppressed: 0 }));
