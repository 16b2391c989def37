/** Hosts come and go while commands and sessions with names run: who says a name again gets each byte once. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { until } from '../until.ts';
import { type Call, GuestAgent, sh } from './guest-agent.ts';

const TTY = { rows: 24, cols: 80, term: 'xterm' };
const WAYS = [
  ['a command', { stdin: true }],
  ['a session', { stdin: true, tty: TTY }],
] as const;
const nameOf = (n: number): string => String(n).padStart(32, '0');
const numbers = (to: number): string => Array.from({ length: to }, (_, n) => `${n + 1}\n`).join('');

/** Prints a number for each line it reads. */
const COUNTER = 'stty -echo -opost 2>/dev/null; echo ready; n=0; while read x; do n=$((n+1)); echo $n; done; exit 4';

/** The next host goes on behind the output that there was. @returns its stream, and how much input was taken */
async function goOn(agent: GuestAgent, output: string, keep: string): Promise<{ call: Call; given: number }> {
  const call = agent.call({ op: 'resume', exec: keep, received: [output.length, 0] });
  await until('it goes on', () => call.messages.length > 0);
  return { call, given: call.message('started').given ?? Number.NaN };
}

for (const [what, also] of WAYS) {
  test(`${what} goes on with the next host, input and output once`, async (t) => {
    const agent = await GuestAgent.start(t);
    const keep = nameOf(1);
    let call = agent.call(sh(COUNTER, { ...also, keep }));
    await until('it is ready', () => call.text(1).startsWith('ready\n'));
    let output = '';
    let sent = '';
    for (let n = 0; n < 5; n++) {
      const words = 'word\n'.repeat(100);
      sent += words;
      call.stream.write(0, Buffer.from(words));
      await until('some came back', () => call.text(1).includes('\n'));
      await agent.takeOver();
      output += call.text(1);
      const { call: next, given } = await goOn(agent, output, keep);
      call = next;
      call.stream.write(0, Buffer.from(sent.slice(given)));
      await until('it counts on', () => call.size(1) > 0 || output.endsWith(`${100 * (n + 1)}\n`));
    }
    call.stream.write(0, Buffer.from(also === WAYS[1][1] ? '\x04' : ''));
    call.stream.end(0);
    await until('it has ended', () => call.messages.some(({ is }) => is === 'exit'));
    assert.equal(call.exit, 'code 4');
    assert.equal(output + call.text(1), `ready\n${numbers(500)}`);
  });

  test(`${what} without its host is not mixed up with one of the next host when the agent crashes`, async (t) => {
    const agent = await GuestAgent.start(t);
    const first = agent.call(sh(COUNTER, { ...also, keep: nameOf(1) }));
    await until('it is ready', () => first.text(1).startsWith('ready\n'));
    await agent.takeOver();
    const second = agent.call(sh(COUNTER, { ...also, keep: nameOf(2) })); // has the same number
    assert.equal(second.stream.id, first.stream.id);
    await until('the other is ready', () => second.text(1).startsWith('ready\n'));
    const answered = agent.hellos;
    process.kill(agent.process.pid ?? 0, 'SIGSEGV');
    await until('the agent is there again', () => agent.hellos > answered);
    const { call } = await goOn(agent, first.text(1), nameOf(1));
    call.stream.write(0, Buffer.from('word\nword\n'));
    second.stream.write(0, Buffer.from('word\n'));
    await until('both count', () => call.text(1).endsWith('2\n') && second.text(1).endsWith('1\n'));
    assert.deepEqual([call.text(1), second.text(1)], ['1\n2\n', 'ready\n1\n']);
  });

  test(`how ${what} ended is told to the host that comes later`, async (t) => {
    const agent = await GuestAgent.start(t);
    const go = `${agent.folder}/go`;
    const script = `stty -opost 2>/dev/null; echo ready; until [ -e ${go} ]; do sleep 0.01; done; seq 1000; exit 5`;
    const first = agent.call(sh(script, { ...also, keep: nameOf(1) }));
    await until('it is ready', () => first.text(1).startsWith('ready\n'));
    const pid = first.message('started').pid;
    await agent.takeOver();
    fs.writeFileSync(go, '');
    await until('it has ended', () => !fs.existsSync(`/proc/${pid}`));
    const { call } = await goOn(agent, first.text(1), nameOf(1));
    await until('its end is told', () => call.messages.some(({ is }) => is === 'exit'));
    assert.equal(call.exit, 'code 5');
    assert.equal(first.text(1) + call.text(1), `ready\n${numbers(1000)}`);
  });
}

const LINE = 'x'.repeat(99);
const LINES = 40_000;

/** Resolves when a process has written nothing for a while. */
async function stands(pid: number): Promise<void> {
  const written = (): string => /wchar: (\d+)/.exec(fs.readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? '';
  let [last, same] = [written(), 0];
  await until('it stands still', () => {
    const now = written();
    same = now === last ? same + 1 : 0;
    last = now;
    return same > 20;
  });
}

test('a session that waits for its client is held up, and is whose who attaches to it', async (t) => {
  const agent = await GuestAgent.start(t);
  const script = `stty -echo -opost; echo ready; read x; n=0
    while [ $n -lt ${LINES} ]; do n=$((n+1)); echo ${LINE}; done; echo through; read x`;
  const first = agent.call(sh(script, { stdin: true, tty: TTY, keep: nameOf(1) }));
  await until('it is ready', () => first.text(1).startsWith('ready\n'));
  await agent.takeOver();
  const session = { op: 'attach', session: 's1', rows: 24, cols: 80 } as const;
  const second = agent.call({ ...session, keep: nameOf(2) });
  await until('it is attached', () => second.text(1).startsWith('ready\n'));
  assert.equal((await agent.call({ op: 'resume', exec: nameOf(1), received: [6, 0] }).closed)?.code, 'exec.lost');
  second.stream.write(0, Buffer.from('go\n'));
  await until('it writes', () => second.size(1) > 1000);
  await agent.takeOver();
  await stands(first.message('started').pid);
  const { call } = await goOn(agent, second.text(1), nameOf(2));
  await until('it is through', () => call.text(1).endsWith('through\n'));
  const expected = `ready\n${`${LINE}\n`.repeat(LINES)}through\n`;
  assert.ok(second.text(1) + call.text(1) === expected, 'each byte comes once');
});
