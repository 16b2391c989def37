/** Files of the agent under test, written and read over the line, and disks to put them on. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FileStat, Request } from '@bhatti/wire/messages.ts';
import type { GuestAgent } from './guest-agent.ts';

export type Write = Partial<Extract<Request, { op: 'file.write' }>>;

/** @throws BhattiError of its CLOSE */
export async function write(
  agent: GuestAgent,
  path: string,
  content: Uint8Array,
  also: Write = { user: 'root' },
): Promise<FileStat> {
  const call = agent.call({ op: 'file.write', path, ...also });
  await call.send(content);
  const error = await call.closed;
  if (error) throw error;
  return call.message('stat').stat;
}

/** @throws BhattiError of its CLOSE */
export async function read(agent: GuestAgent, path: string, offset = 0, limit?: number): Promise<Buffer> {
  return (await agent.ask({ op: 'file.read', path, offset, ...(limit === undefined ? {} : { limit }) })).bytes(1);
}

/** A file system of its own. @param type and `options`: of mount(8) */
export function smallDisk(t: TestContext, type: 'tmpfs' | 'ramfs', options: string): string {
  const path = fs.mkdtempSync(join(os.tmpdir(), 'bhatti-disk-'));
  execFileSync('mount', ['-t', type, ...(options === '' ? [] : ['-o', options]), 'small', path]);
  t.after(() => {
    execFileSync('umount', ['--lazy', path]);
    fs.rmdirSync(path);
  });
  return path;
}
