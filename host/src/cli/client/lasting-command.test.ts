import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { LastingCommand, type LastingOptions } from './lasting-command.ts';
import type { Channel, Message } from './web-socket.ts';

const STARTED = { type: 'started', pid: 7, session: 's1' };
const EXIT = { type: 'exit', exit: { code: 3 } };
const gone = new BhattiError('daemon.unreachable', 'nobody is there', { remedy: '' });

/** A daemon's end of one stream. */
class Line implements Channel {
  readonly said: string[] = [];
  readonly #queue: (Message | null)[] = [];
  #wake = (): void => {};

  says(frame: object): this {
    return this.#push({ text: JSON.stringify(frame) });
  }

  writes(text: string): this {
    return this.#push({ bytes: Buffer.from(`\x01${text}`) });
  }

  close(): void {
    this.#push(null);
  }

  async send(data: string | Uint8Array): Promise<void> {
    this.said.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1').replace('\0', '<'));
  }

  async *messages(): AsyncGenerator<Message> {
    for (;;) {
      const next = this.#queue.shift();
      if (next === null) return;
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #push(message: Message | null): this {
    this.#queue.push(message);
    this.#wake();
    return this;
  }
}

interface Setting {
  readonly command: LastingCommand;
  readonly lines: readonly Line[];
  readonly output: () => string;
  /** All that is due has happened. */
  settle(ms?: number): Promise<void>;
}

/** A command whose daemons are these, one after the other; null: nobody answers. */
function setting(t: TestContext, lines: readonly (Line | null)[], also: Partial<LastingOptions> = {}): Setting {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let output = '';
  const left = [...lines];
  const dial = async (): Promise<Channel> => {
    const line = left.shift();
    if (line === undefined || line === null) throw gone;
    return line;
  };
  const stdout = async (bytes: Uint8Array): Promise<void> => {
    output += Buffer.from(bytes).toString();
  };
  const outputs = { stdout, stderr: async () => {} };
  const command = new LastingCommand({ dial, opening: { argv: ['x'] }, outputs, ...also });
  const settle = async (ms = 0): Promise<void> => {
    for (let passed = 0; passed <= ms; passed += 100) {
      for (let n = 0; n < 20; n++) await new Promise<void>((resolve) => setImmediate(resolve));
      if (passed < ms) t.mock.timers.tick(100);
    }
  };
  return { command, lines: lines.filter((line) => line !== null), output: () => output, settle };
}

test('a command that has run for an hour goes on when its daemon is gone for a moment', async (t) => {
  const [first, second] = [new Line(), new Line()];
  const { command, output, settle } = setting(t, [first, null, null, second]);
  const ending = command.run(() => undefined);
  first.says(STARTED).writes('one ');
  await settle();
  t.mock.timers.tick(3_600_000);
  first.close();
  await settle(400);
  assert.match(second.said[0] ?? '', /^\{"resume":"[0-9a-f]{32}","received":\[4,0\]/);
  second
    .says({ ...STARTED, given: 0 })
    .writes('two')
    .says(EXIT);
  assert.deepEqual(await ending, { how: 'exit', exit: { code: 3 } });
  assert.equal(output(), 'one two');
});

test('a daemon that does not come back within a minute is told of, and given up', async (t) => {
  const first = new Line();
  let away = 0;
  const { command, settle } = setting(t, [first], { onAway: () => away++ });
  const ending = assert.rejects(
    command.run(() => undefined),
    { code: 'daemon.unreachable' },
  );
  first.says(STARTED);
  await settle();
  first.close();
  await settle(61_000);
  await ending;
  assert.equal(away, 1);
});

async function* typed(...keys: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const key of keys) yield Buffer.from(key);
}

test('what is typed while it waits for its sandbox wakes that, and comes once and in order', async (t) => {
  const [first, second] = [new Line(), new Line()];
  let woken = 0;
  const wake = async (): Promise<void> => {
    woken++;
    if (woken === 1) throw gone; // it is just being set aside
  };
  const { command, settle } = setting(t, [first, second], { terminal: true, wake });
  const ending = command.run(() => undefined);
  first.says(STARTED);
  await settle();
  await command.feed(typed('a', 'b'));
  first.close();
  await settle(300);
  assert.match(second.said[0] ?? '', /"terminal":true\}$/);
  assert.equal(woken, 0);
  const feeding = command.feed(typed('c', 'd')); // nobody has answered
  await settle(700);
  assert.equal(woken, 2);
  second.says({ ...STARTED, given: 1 });
  await feeding;
  assert.deepEqual(second.said.slice(1), ['<b', '<c', '<d']);
  second.says(EXIT);
  await ending;
});

test('one that the guest does not know any more is asked for afresh, where there is something to ask for', async (t) => {
  const [first, second, third] = [new Line(), new Line(), new Line()];
  const afresh = (): object => ({ attach: 's1' });
  const { command, output, settle } = setting(t, [first, second, third], { terminal: true, afresh });
  const ending = command.run(() => undefined);
  first.says(STARTED).writes('one ');
  await settle();
  first.close();
  await settle(100);
  second.says({ type: 'error', error: { code: 'exec.lost', message: 'no', remedy: '' } });
  await settle(100);
  const { attach, keep } = JSON.parse(third.said[0] ?? '{}');
  assert.deepEqual([attach, keep === JSON.parse(first.said[0] ?? '{}').keep], ['s1', false]);
  third.says(STARTED).writes('one two').says(EXIT);
  await ending;
  assert.equal(output(), 'one one two');
});

test('input of a command with pipes wakes nobody', async (t) => {
  const [first, second] = [new Line(), new Line()];
  const { command, settle } = setting(t, [first, second]);
  const ending = command.run(() => undefined);
  first.says(STARTED);
  await settle();
  first.close();
  await settle(100);
  const feeding = command.feed(typed('a'));
  await settle(1000);
  assert.equal(second.said.length, 1);
  second.says({ ...STARTED, given: 0 });
  await feeding;
  assert.deepEqual(second.said.slice(1), ['<a']);
  second.says(EXIT);
  await ending;
});

test('a session is left at once while it is lost, and soon when it does not answer', async (t) => {
  const [lost, silent] = [new Line(), new Line()];
  for (const line of [lost, silent]) {
    const { command, settle } = setting(t, [line], { terminal: true });
    const ending = command.run(() => undefined);
    line.says(STARTED);
    await settle();
    if (line === lost) line.close();
    await settle();
    command.leave();
    await settle(line === lost ? 100 : 1000);
    assert.deepEqual(await ending, { how: 'detached' });
    t.mock.timers.reset();
  }
});
