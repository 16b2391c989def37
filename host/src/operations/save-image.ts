/**
 * Makes an image of a sandbox:
 *
 *   freeze (when it runs) -> copy its disk -> thaw -> show the copy in a bare VM -> tar of its root -> image
 *
 * The sandbox stands still for the copy alone. The disk is read by a VM, for it is the guest's: no program of this host
 * ever parses its file system.
 */
import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { isAside, type Sandbox } from '../core/sandbox.ts';
import type { Progress } from '../ports/engine.ts';
import type { Image, ImageManifest } from '../ports/images.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { newImageName } from './new-image-name.ts';
import { complaintOf, LOHAR, runAsRoot, textOf } from './run-as-root.ts';
import type { Running } from './running.ts';
import { vmSpec } from './vm-spec.ts';
import { wakeSandbox } from './wake.ts';

export interface SaveImageRequest {
  readonly name: string;
  readonly keepIdentity?: boolean | undefined;
}

/** Enough for a kernel and tar. */
const BARE_MEMORY_MIB = mebibytes(256);
/**
 * Attributes are kept but for those of whoever mounts it; what is mounted over the root is not part of it. Records of
 * 256 KiB instead of 10: two thirds of the time.
 */
const TAR = [
  ...['tar', '--create', '--file=-', '--directory=/', '--one-file-system', '--format=pax', '--sparse'],
  '--blocking-factor=512',
  ...['--numeric-owner', '--xattrs', '--xattrs-include=user.*', '--xattrs-include=security.capability', '.'],
];

/** @throws BhattiError image.exists | name.invalid | sandbox.* | image.* | host.*; then there is no such image */
export async function saveImage(
  context: Context,
  reference: string,
  request: SaveImageRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImageManifest> {
  const name = await newImageName(context, request.name);
  const { id, state } = await findSandbox(context, reference);
  if (isAside(state)) await wakeSandbox(context, id, signal);
  const copy = randomBytes(8).toString('hex');
  const sandbox = await context.turns.take(id, 'saved', signal, async () => {
    const found = await findSandbox(context, id);
    progress.step(`copying the disk of ${found.name}`);
    await copyDisk(context, found, copy, signal);
    return found;
  });
  try {
    const base = await context.images.find(sandbox.image);
    const root = await showRoot(context, { sandbox, base, copy }, progress, signal);
    const { keepIdentity = false } = request;
    return await context.imageMaker.save({ name, from: sandbox.name, base, keepIdentity, root }, progress, signal);
  } finally {
    await context.engine.destroy(copy);
  }
}

async function copyDisk(context: Context, sandbox: Sandbox, copy: string, signal: AbortSignal): Promise<void> {
  if (sandbox.state !== 'running') return context.engine.copy(sandbox.id, copy);
  const frozen = await runAsRoot(context, sandbox.id, [LOHAR, 'freeze', '/'], { stdin: true, signal });
  try {
    if ((await textOf(frozen.stdout, 1)) !== 'frozen\n') throw await refused(frozen, 'freeze its file system');
    await context.engine.copy(sandbox.id, copy);
  } catch (error) {
    frozen.endInput();
    throw error;
  }
  frozen.endInput();
  const exit = await frozen.exit;
  if (exit !== undefined && 'code' in exit && exit.code === 0) return;
  await context.engine.destroy(copy);
  throw new BhattiError('image.make-failed', `cannot save ${sandbox.name}: copying its disk took too long`, {
    remedy: `bhatti stop --poweroff ${sandbox.name}, and save it then`,
  });
}

/** The copy's root as a tar stream, once a VM that does nothing else has booted. */
async function showRoot(
  context: Context,
  of: { sandbox: Sandbox; base: Image; copy: string },
  progress: Progress,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { sandbox, base, copy } = of;
  const spec = { ...vmSpec(sandbox, base, true), id: copy, cpus: 1, memoryMib: BARE_MEMORY_MIB, env: {}, bare: true };
  await context.engine.start(spec, progress, signal);
  const tar = await runAsRoot(context, copy, TAR, { stdin: false, signal });
  return whole(tar);
}

async function* whole(tar: Running): AsyncGenerator<Uint8Array> {
  yield* tar.stdout;
  const exit = await tar.exit;
  // 1: "file changed as we read it". Nothing is written there; it is /sys, over which something is mounted.
  if (exit === undefined || !('code' in exit) || exit.code > 1) throw await refused(tar, 'read its disk');
}

async function refused(program: Running, what: string): Promise<BhattiError> {
  return new BhattiError('image.make-failed', `cannot ${what}: ${await complaintOf(program)}`, {
    remedy: 'bhatti logs SANDBOX; an image of an older bhatti is built anew with bhatti tier build',
  });
}
