import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { withBuildLock } from './build-lock.ts';

const never = new AbortController().signal;
const quiet = { step: () => {} };

async function withFolder(run: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-lock-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the second build waits for the first, and says so', () =>
  withFolder(async (folder) => {
    const order: string[] = [];
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = withBuildLock(folder, quiet, never, async () => {
      order.push('first begins');
      begin();
      await told;
      order.push('first ends');
    });
    await begun;
    const step = (label: string) => {
      order.push(label);
      tell();
    };
    await withBuildLock(folder, { step }, never, async () => void order.push('second'));
    await first;
    assert.deepEqual(order, ['first begins', 'waiting for another build to end', 'first ends', 'second']);
  }));

test('the lock is open again after a failure', () =>
  withFolder(async (folder) => {
    const failing = withBuildLock(folder, quiet, never, () => Promise.reject(new Error('broken')));
    await assert.rejects(failing, /broken/);
    assert.equal(await withBuildLock(folder, quiet, never, async () => 'done'), 'done');
  }));

test('who waits can be cancelled, and the holder keeps the lock', () =>
  withFolder(async (folder) => {
    await withBuildLock(folder, quiet, never, async () => {
      const stop = new AbortController();
      const progress = { step: () => stop.abort(new Error('stopped')) };
      const second = withBuildLock(folder, progress, stop.signal, async () => assert.fail('it has the lock'));
      await assert.rejects(second, /stopped/);
    });
  }));

test('a holder killed with SIGKILL leaves no lock behind', () =>
  withFolder(async (folder) => {
    const module = join(import.meta.dirname, 'build-lock.ts');
    const script = `import { withBuildLock } from ${JSON.stringify(module)};
      await withBuildLock(${JSON.stringify(folder)}, { step() {} }, new AbortController().signal, async () => {
        console.log('held');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    assert.equal(await withBuildLock(folder, quiet, never, async () => 'done'), 'done');
  }));
