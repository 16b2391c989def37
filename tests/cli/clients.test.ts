/** The compiled client and the one on Node say the same and end alike: what one of them does the other does. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import test, { after, before } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '@bhatti/host/api/fake-daemon.ts';
import { ask } from '@bhatti/host/api/test-client.ts';
import { BHATTI, outcome, type Ran, type RunOptions } from './lab.ts';

/** BHATTI_CLIENT: unset, the compiled one, which must be built. */
const CLIENTS = { compiled: {}, node: { BHATTI_CLIENT: 'node' } };
type Client = keyof typeof CLIENTS;

let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
  for (const name of ['dev', 'web']) await ask(daemon.socket, 'POST', '/v1/sandboxes', { name });
});
after(() => daemon[Symbol.asyncDispose]());

function run(client: Client, args: readonly string[], { input, env, cwd = '/' }: RunOptions = {}): Promise<Ran> {
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, BHATTI_DATA_DIR: dirname(daemon.socket), LEVEL: '3' };
  const child = spawn(BHATTI, args, {
    cwd,
    env: { ...own, ...CLIENTS[client], ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {}); // it may not want to read all
  child.stdin?.end(input);
  return outcome(child);
}

/** One asks a moment after the other. */
const ageless = (ran: Ran): Ran => ({ ...ran, stdout: ran.stdout.replaceAll(/(AGE|\d+ s) */g, 'AGE ') });

const rows: [line: string, code: number, options?: RunOptions][] = [
  ['exec dev -- echo a b', 0],
  ['exec dev echo a', 0],
  ['exec dev -- exit 7', 7],
  ['exec dev -- fail', 0],
  ['exec dev -- nope', 127],
  ['exec dev -- nope', 127, { env: { BHATTI_DEBUG: '1' } }],
  ['exec dev --json -- nope', 127],
  ['exec nobody -- echo', 125],
  ['exec .. -- echo', 125],
  ['exec ä/b -- echo', 125],
  ['exec dev -w relative -- echo', 125],
  ['exec dev --timeout x -- echo', 125],
  ['exec dev -e =x -- echo', 125],
  ['exec dev -e LEVEL -e NONE -- echo', 125],
  ['exec dev -- cat', 0, { input: 'some input\n' }],
  ['exec dev -- cat', 0, { input: Buffer.alloc(3 << 20, 'ä\n') }],
  ['exec dev -n -- echo', 0, { input: 'not read' }],
  ['exec', 125],
  ['exec dev --nope -- echo', 125],
  ['exec dev --url http://127.0.0.1:1 -- echo', 125],
  ['exec dev --url nonsense -- echo', 125],
  ['exec dev -- echo', 125, { env: { BHATTI_URL: 'ftp://x' } }],
  ['list', 0],
  ['list -q', 0],
  ['ls -o wide', 0],
  ['list --label a', 125],
  ['list --json', 0],
  ['ps dev', 0],
  ['ps dev --json', 0],
  ['ps nobody', 125],
  ['ps dev --kill none', 125],
  ['version', 0],
  ['version --json', 0],
  ['version --data-dir /nowhere', 0],
  ['version --data-dir nowhere/../none', 0],
  ['version', 0, { env: { BHATTI_DATA_DIR: '', XDG_DATA_HOME: '/nowhere' } }],
  ['pause web', 0],
  ['resume web', 0],
  ['stop web --poweroff', 0],
  ['start web', 0],
  ['start nobody', 125],
  ['stop web nobody --force', 125],
  ['nonsense', 125],
];
for (const [line, code, options] of rows) {
  test(`bhatti ${line}${options?.input === undefined ? '' : ', with input'}`, async () => {
    const words = line.split(' ');
    const compiled = await run('compiled', words, options);
    assert.deepEqual(ageless(compiled), ageless(await run('node', words, options)));
    assert.equal(compiled.code, code);
  });
}
