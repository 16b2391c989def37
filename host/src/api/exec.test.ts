import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STDIN } from '@bhatti/wire/messages.ts';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask, frames, talk } from './test-client.ts';

async function startWithSandbox(): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  return daemon;
}

const PATH = '/v1/sandboxes/dev/exec';
const input = (text: string): Buffer => Buffer.concat([Buffer.of(STDIN), Buffer.from(text)]);

test('a buffered exec tells output and exit', async () => {
  await using daemon = await startWithSandbox();
  const run = async (body: object) => (await ask(daemon.socket, 'POST', PATH, body)).body;
  const none = { stdout: '', stderr: '', encoding: 'utf8', truncated: false };
  assert.deepEqual(await run({ argv: ['echo', 'a', 'b'] }), { ...none, exit: { code: 0 }, stdout: 'a b\n' });
  assert.deepEqual(await run({ argv: ['exit', '3'] }), { ...none, exit: { code: 3 } });
  assert.deepEqual(await run({ argv: ['fail'] }), { ...none, exit: { code: 0 }, stderr: 'it failed\n' });
  const stdin = Buffer.of(0xff, 0xfe).toString('base64');
  assert.deepEqual(await run({ argv: ['cat'], stdin }), {
    ...none,
    exit: { code: 0 },
    stdout: stdin,
    encoding: 'base64',
  });
});

test('a buffered exec keeps 8 MiB of a stream and says that it dropped the rest', async () => {
  await using daemon = await startWithSandbox();
  await ask(daemon.socket, 'PUT', '/v1/sandboxes/dev/files?path=/big', Buffer.alloc(9 << 20));
  const [vm] = daemon.engine.vms.values();
  vm?.agent.outputs.set('flood', Buffer.alloc(9 << 20, 'x'));
  const { body } = await ask(daemon.socket, 'POST', PATH, { argv: ['flood'] });
  assert.deepEqual([body.stdout.length, body.truncated, body.exit], [8 << 20, true, { code: 0 }]);
});

const refused: [name: string, body: object, status: number, code: string][] = [
  ['no command', { argv: [] }, 400, 'request.invalid'],
  ['an empty program', { argv: [''] }, 400, 'request.invalid'],
  ['a NUL byte', { argv: ['echo', 'a\0b'] }, 400, 'request.invalid'],
  ['a program that is not there', { argv: ['nope'] }, 404, 'exec.not-found'],
  ['a relative directory', { argv: ['echo'], cwd: 'x' }, 400, 'request.invalid'],
  ['a time limit of nothing', { argv: ['echo'], timeoutMs: 0 }, 400, 'request.invalid'],
];
for (const [name, body, status, code] of refused) {
  test(`exec refuses ${name}`, async () => {
    await using daemon = await startWithSandbox();
    const reply = await ask(daemon.socket, 'POST', PATH, body);
    assert.deepEqual([reply.status, reply.body.error.code], [status, code]);
    const last = (await frames(daemon.socket, 'POST', PATH, body)).at(-1);
    assert.equal(last?.error.code, code);
  });
}

test('exec in a sandbox that is stopped or gone says what to do', async () => {
  await using daemon = await startWithSandbox();
  await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop', { poweroff: true });
  const stopped = (await ask(daemon.socket, 'POST', PATH, { argv: ['echo'] })).body.error;
  assert.deepEqual(
    [stopped.code, stopped.message, stopped.remedy],
    ['sandbox.not-running', 'cannot reach dev: it is stopped (stopped by request)', 'bhatti start dev'],
  );
  await ask(daemon.socket, 'DELETE', '/v1/sandboxes/dev');
  assert.equal((await ask(daemon.socket, 'POST', PATH, { argv: ['echo'] })).body.error.code, 'sandbox.not-found');
});

test('a streamed exec sends frames as they come', async () => {
  await using daemon = await startWithSandbox();
  assert.deepEqual(await frames(daemon.socket, 'POST', PATH, { argv: ['echo', 'hi'] }), [
    { type: 'started', pid: 7 },
    { type: 'stdout', data: Buffer.from('hi\n').toString('base64') },
    { type: 'exit', exit: { code: 0 } },
  ]);
});

test('a WebSocket carries standard input and its end', async () => {
  await using daemon = await startWithSandbox();
  const heard = await talk(
    daemon.socket,
    `${PATH}/ws`,
    (ws, message) => {
      if (message.type !== 'started') return;
      ws.send(input('one '));
      ws.send(input('two'));
      ws.send(JSON.stringify({ type: 'end' }));
    },
    { argv: ['cat'], stdin: true },
  );
  assert.deepEqual([heard.out.toString(), heard.said.at(-1)], ['one two', { type: 'exit', exit: { code: 0 } }]);
});

test('a signal over a WebSocket ends the command', async () => {
  await using daemon = await startWithSandbox();
  const heard = await talk(
    daemon.socket,
    `${PATH}/ws`,
    (ws, { type }) => type === 'started' && ws.send(JSON.stringify({ type: 'signal', signal: 'TERM' })),
    { argv: ['wait'] },
  );
  assert.deepEqual(heard.said.at(-1), { type: 'exit', exit: { signal: 'SIGTERM' } });
});

const badTalk: [name: string, first: object, message: string | Buffer, code: string][] = [
  ['an unknown request', { argv: ['cat'], shell: true }, '', 'request.invalid'],
  ['a text that is no JSON', { argv: ['wait'] }, 'hello', 'request.invalid'],
  ['an unknown control', { argv: ['wait'] }, '{"type":"explode"}', 'request.invalid'],
  ['an unknown signal', { argv: ['wait'] }, '{"type":"signal","signal":"SIGBOOM"}', 'request.invalid'],
  ['another channel than 0', { argv: ['wait'] }, Buffer.of(5, 1), 'request.invalid'],
];
for (const [name, first, message, code] of badTalk) {
  test(`a WebSocket that sends ${name} hears why and is closed`, async () => {
    await using daemon = await startWithSandbox();
    const heard = await talk(
      daemon.socket,
      `${PATH}/ws`,
      (ws, { type }) => type === 'started' && ws.send(message),
      first,
    );
    assert.equal(heard.said.at(-1)?.error.code, code);
  });
}

test('a command without a terminal ends with its client, a session stays', async () => {
  await using daemon = await startWithSandbox();
  const [vm] = daemon.engine.vms.values();
  const leave = (request: object) =>
    talk(daemon.socket, `${PATH}/ws`, (ws, { type }) => type === 'started' && ws.terminate(), request);
  await leave({ argv: ['wait'] });
  await leave({ argv: ['wait'], tty: { rows: 24, cols: 80 }, session: 'mine' });
  const { sessions } = (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev/sessions')).body;
  assert.deepEqual(
    sessions.map((session: { id: string }) => session.id),
    ['mine'],
  );
  await vm?.agent.settled();
  assert.deepEqual(vm?.agent.ends, ['closed', 'detached']);
});

test('a port of the guest is reached over a WebSocket', async () => {
  await using daemon = await startWithSandbox();
  const heard = await talk(daemon.socket, '/v1/sandboxes/dev/ports/80/ws', (ws, { type }) => {
    if (type !== 'connected') return;
    ws.send(input('ping'));
    ws.send(JSON.stringify({ type: 'end' }));
  });
  assert.deepEqual([heard.out.toString(), heard.said.at(-1)], ['ping', { type: 'end' }]);
  const bad = await talk(daemon.socket, '/v1/sandboxes/dev/ports/70000/ws', () => {});
  assert.equal(bad.said.at(-1)?.error.code, 'request.invalid');
});
