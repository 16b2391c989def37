import { SIGNALS } from '../linux/constants.ts';
import assert from '../test-kit/assert.ts';
import test, { runtime } from '../test-kit/test.ts';
import { EpollLoop } from './epoll-loop.ts';

/** A loop of its own, whose errors are kept. */
function ownLoop(callbackLimitMs = 0): { loop: EpollLoop; errors: unknown[] } {
  const errors: unknown[] = [];
  return { loop: new EpollLoop({ callbackLimitMs, onError: (error) => errors.push(error) }), errors };
}
const messages = (errors: readonly unknown[]): string[] =>
  errors.map((error) => (error instanceof Error ? error.message : String(error)));

test('a loop with nothing to wait for ends', () => ownLoop().loop.run());

test('timers run in the order in which they are due; cancelled ones do not', () => {
  const { loop } = ownLoop();
  const order: number[] = [];
  for (const ms of [30, 10, 20, 0, 10]) loop.after(ms, () => order.push(ms));
  loop.after(15, () => order.push(15)).cancel();
  loop.run();
  assert.deepEqual(order, [0, 10, 10, 20, 30]);
});

test('a timer is never early and hardly late', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const begun = sys.monotonicMs();
  let took = 0;
  loop.after(20, () => {
    took = sys.monotonicMs() - begun;
  });
  loop.run();
  assert.ok(took >= 20 && took < 500, `${took} ms`);
});

test('a loop is quiet once when nothing happens for a second, and again after something has happened', () => {
  const seen: string[] = [];
  const loop = new EpollLoop({ callbackLimitMs: 0, onError: () => undefined, onQuiet: () => seen.push('quiet') });
  for (const ms of [500, 1200, 3500]) loop.after(ms, () => seen.push(`${ms}`));
  loop.run();
  assert.deepEqual(seen, ['500', '1200', 'quiet', '3500']);
});

test('a wall clock timer fires, also one that is long past', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const order: string[] = [];
  loop.at(sys.realtimeMs() + 20, () => order.push('soon'));
  loop.at(0, () => order.push('past'));
  loop.at(sys.realtimeMs() + 1e9, () => order.push('never')).cancel();
  loop.run();
  assert.deepEqual(order, ['past', 'soon']);
});

test('a descriptor is reported while it is ready, and no more after stop', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const { read, write } = sys.pipe();
  sys.write(write, new Uint8Array(3));
  let seen = 0;
  const watch = loop.watch(read, 'in', (ready) => {
    assert.ok(ready.in);
    if (sys.read(read, new Uint8Array(1)) === 1) seen++;
    if (seen === 3) watch.stop();
  });
  loop.run();
  assert.equal(seen, 3);
  sys.close(read);
  sys.close(write);
});

test('a watch of none reports nothing until it is set', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const { read, write } = sys.pipe();
  sys.close(write);
  const seen: boolean[] = [];
  const watch = loop.watch(read, 'none', ({ hangup }) => {
    seen.push(hangup);
    watch.stop();
  });
  loop.after(5, () => {
    assert.deepEqual(seen, []);
    watch.set('in');
  });
  loop.run();
  assert.deepEqual(seen, [true]);
  sys.close(read);
});

test('an edge watch reports a hang-up once', () => {
  const { sys } = runtime();
  const { loop, errors } = ownLoop();
  const { read, write } = sys.pipe();
  sys.close(write);
  let seen = 0;
  const watch = loop.watch(read, 'edge', () => seen++);
  loop.after(20, () => watch.stop());
  loop.run();
  assert.deepEqual([seen, errors], [1, []]);
  sys.close(read);
});

test('a watch stopped by another one of the same batch is not called', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const pipes = [sys.pipe(), sys.pipe()];
  const seen: number[] = [];
  const watches = pipes.map(({ read, write }, i) => {
    sys.write(write, new Uint8Array(1));
    return loop.watch(read, 'in', () => {
      seen.push(i);
      for (const watch of watches) watch.stop();
    });
  });
  loop.run();
  assert.equal(seen.length, 1);
  for (const { read, write } of pipes) for (const fd of [read, write]) sys.close(fd);
});

test('deferred work runs after the callback that asked for it, before the next one', () => {
  const { loop } = ownLoop();
  const order: string[] = [];
  loop.after(0, () => {
    loop.defer(() => order.push('deferred'));
    order.push('first');
  });
  loop.after(0, () => order.push('second'));
  loop.run();
  assert.deepEqual(order, ['first', 'deferred', 'second']);
});

test('what is thrown, also null, and what is rejected is told and ends nothing', () => {
  const { loop, errors } = ownLoop();
  loop.call(() => {
    const late = Promise.reject(new Error('handled in a later job'));
    void Promise.resolve().then(() => late.catch(() => {}));
  });
  loop.call(() => {
    throw new Error('in a callback');
  });
  loop.call(() => {
    throw null;
  });
  loop.call(() => void Promise.resolve().then(() => Promise.reject(new Error('in a job'))));
  loop.run();
  assert.deepEqual(messages(errors), ['in a callback', 'null', 'in a job']);
});

test('an endless callback, an endless expression and endless jobs are ended', () => {
  const { loop, errors } = ownLoop(50);
  loop.call(() => {
    for (;;);
  });
  loop.call(() => void /^(a+)+$/.test(`${'a'.repeat(40)}b`));
  loop.call(() => {
    const again = (): void => queueMicrotask(again);
    again();
  });
  assert.deepEqual(messages(errors), ['interrupted', 'interrupted', 'interrupted']);
});

test('an endless recursion is an error', () => {
  const { loop, errors } = ownLoop();
  const deeper = (depth: number): number => deeper(depth + 1) + 1;
  loop.call(() => void deeper(0));
  assert.equal(errors.length, 1);
});

test('signals are told one by one', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const seen: string[] = [];
  loop.onSignal(SIGNALS.USR1, () => seen.push('USR1'));
  loop.onSignal(SIGNALS.HUP, () => seen.push('HUP'));
  sys.kill(sys.getpid(), SIGNALS.HUP);
  sys.kill(sys.getpid(), SIGNALS.USR1);
  loop.after(10, () => {});
  loop.run();
  assert.deepEqual(seen.sort(), ['HUP', 'USR1']);
});

test('asleep, a loop is not woken', () => {
  const { sys } = runtime();
  const { loop } = ownLoop();
  const switches = (): number => {
    const status = sys.decode(sys.readFile('/proc/self/status', 65_536));
    return [...status.matchAll(/ctxt_switches:\s*(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const { read, write } = sys.pipe();
  const watch = loop.watch(read, 'in', () => {});
  let slept = 0;
  loop.after(10, () => {
    const before = switches();
    loop.after(300, () => {
      slept = switches() - before;
      watch.stop();
    });
  });
  loop.run();
  // One to fall asleep; the machine may preempt us once or twice while we look.
  assert.ok(slept <= 3, `${slept} context switches in 300 ms`);
  sys.close(read);
  sys.close(write);
});
