import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { until } from '../until.ts';
import { GuestAgent } from './guest-agent.ts';

async function listen(t: TestContext, onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('bytes both ways, each direction ends by itself', async (t) => {
  const agent = await GuestAgent.start(t);
  const port = await listen(t, (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (bytes) => chunks.push(bytes));
    socket.on('end', () => socket.end(`got ${Buffer.concat(chunks).length}`));
  });
  const call = agent.call({ op: 'connect', port });
  await call.send(new Uint8Array(2_000_000));
  assert.equal(await call.closed, undefined);
  assert.deepEqual([call.messages, call.text(1), call.ends], [[{ is: 'connected' }], 'got 2000000', [1]]);
});

test('the server may end first', async (t) => {
  const agent = await GuestAgent.start(t);
  let got = '';
  const port = await listen(t, (socket) => {
    socket.end('bye');
    socket.on('data', (bytes) => {
      got += bytes;
    });
  });
  const call = agent.call({ op: 'connect', port });
  await until('the server has ended', () => call.ends.includes(1));
  await call.send(Buffer.from('still here'));
  assert.equal(await call.closed, undefined);
  assert.equal(call.text(1), 'bye');
  await until('the server has read it', () => got === 'still here');
});

test('IPv6 when nobody listens on IPv4', async (t) => {
  const agent = await GuestAgent.start(t);
  const port = await listen(t, (socket) => socket.end('six'), '::1');
  const call = agent.call({ op: 'connect', port });
  await call.send(new Uint8Array(0));
  assert.deepEqual([await call.closed, call.text(1)], [undefined, 'six']);
});

test('nobody listens; a connection is reset; a client gives up', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = await agent.descriptorsAtRest();
  assert.equal((await agent.call({ op: 'connect', port: 1 }).closed)?.code, 'port.refused');
  const resetting = await listen(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const call = agent.call({ op: 'connect', port: resetting });
  await until('it is connected', () => call.messages.length === 1);
  call.stream.write(0, Buffer.from('x'));
  assert.equal((await call.closed)?.code, 'port.reset');
  let ended = false;
  const waiting = await listen(t, (socket) => socket.on('end', () => (ended = true)).resume());
  const given = agent.call({ op: 'connect', port: waiting });
  await until('it is connected', () => given.messages.length === 1);
  given.stream.close();
  await until('the server sees the end', () => ended);
  assert.equal(await agent.descriptorsAtRest(), before);
});

test('slow on one side is slow on the other, and memory stays', async (t) => {
  const agent = await GuestAgent.start(t);
  const content = randomBytes(20_000_000);
  const port = await listen(t, (socket) => socket.end(content));
  const call = agent.call({ op: 'connect', port });
  call.stalled = true;
  await until('the window is full', () => call.size(1) > 60_000);
  const before = agent.residentKib();
  await agent.ask({ op: 'stats' });
  assert.ok(call.size(1) <= 1024 * 1024);
  call.resume();
  await call.send(new Uint8Array(0));
  assert.equal(await call.closed, undefined);
  assert.ok(call.bytes(1).equals(content));
  assert.ok(agent.residentKib() - before < 2048);
});
