import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { ProgramFailed, runProgram } from './program.ts';

/** Without an init that reaps, a dead orphan stays as a zombie. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0] ?? '?';
  } catch {
    return 'gone';
  }
}

const never = new AbortController().signal;

test('its lines are told as they come, both outputs', async () => {
  const lines: string[] = [];
  await runProgram('sh', ['-c', 'echo out; echo err >&2'], { signal: never, onLine: (line) => lines.push(line) });
  assert.deepEqual(lines.sort(), ['err', 'out']);
});

test('a failure carries the last lines', async () => {
  await assert.rejects(runProgram('sh', ['-c', 'seq 100; exit 3'], { signal: never }), (error) => {
    assert.ok(error instanceof ProgramFailed);
    assert.deepEqual([error.tail.length, error.tail[0], error.tail.at(-1)], [40, '61', '100']);
    assert.match(error.message, /^sh ended with exit 3: 61\n/);
    return true;
  });
});

test('the line that tells of a full disk is kept, whatever is said after it', async () => {
  const script = 'seq 50; echo "dpkg: error: No space left on device"; seq 100; exit 1';
  await assert.rejects(runProgram('sh', ['-c', script], { signal: never }), (error) => {
    assert.ok(error instanceof ProgramFailed);
    assert.deepEqual(
      [error.tail.length, error.tail[0]?.slice(-23), error.tail[1]],
      [40, 'No space left on device', '62'],
    );
    return true;
  });
});

test('a missing program names its package', async () => {
  await assert.rejects(runProgram('mmdebstrap', [], { signal: never, env: { PATH: '/nowhere' } }), (error) => {
    assert.ok(error instanceof BhattiError);
    assert.deepEqual([error.code, error.remedy], ['host.missing-program', 'sudo apt-get install -y mmdebstrap']);
    return true;
  });
});

test('an abort takes down the children as well, also deaf ones', async () => {
  const stop = new AbortController();
  let child = 0;
  const script = "(trap '' TERM; echo $(exec sh -c 'echo $PPID'); exec sleep 1000) & wait";
  const run = runProgram('sh', ['-c', script], {
    signal: stop.signal,
    onLine: (line) => {
      child = Number(line);
      stop.abort(new Error('stopped'));
    },
  });
  await assert.rejects(run, /stopped/);
  // Its pipe closes a moment before it is dead; one that was not killed sleeps for longer than a test may take.
  while (!['gone', 'Z'].includes(stateOf(child))) await new Promise(setImmediate);
});

test('nothing starts after an abort', async () => {
  await assert.rejects(runProgram('true', [], { signal: AbortSignal.abort(new Error('too late')) }), /too late/);
});
