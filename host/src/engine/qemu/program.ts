/** The QEMU program: which one it is. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { fileIdentity } from '../vm/folder.ts';

const run = promisify(execFile);
const VERSION_TIMEOUT_MS = 10_000;

export interface QemuProgram {
  readonly path: string;
  readonly identity: string;
  /** '7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)' */
  readonly version: string;
}

/** @throws BhattiError host.missing-program */
export async function describeQemu(path: string): Promise<QemuProgram> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const version = /version (.+)/.exec(stdout)?.[1] ?? stdout.slice(0, 100);
    return { path, identity: await fileIdentity(path), version };
  } catch (cause) {
    throw new BhattiError('host.missing-program', `cannot run ${path}: ${String(cause).slice(0, 200)}`, {
      remedy: 'apt-get install qemu-system-x86',
      cause,
    });
  }
}
