import { randomBytes } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { checkEnvironment, checkLabels } from '../core/environment.ts';
import { guestPath } from '../core/guest-path.ts';
import { inventName, sandboxName } from '../core/name.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { sizes } from '../core/sizes.ts';
import { checkThermal, type ThermalChange } from '../core/thermal-choice.ts';
import type { Progress } from '../ports/engine.ts';
import type { Image } from '../ports/images.ts';
import { cancelled } from './cancelled.ts';
import type { Context } from './context.ts';
import { runInit } from './run-init.ts';
import { vmSpec } from './vm-spec.ts';
import { writeGuestFile } from './write-file.ts';

export const IMAGE_DEFAULT = 'minimal';

export interface CreateRequest {
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memoryMib?: number | undefined;
  readonly diskMib?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly init?: string | undefined;
  readonly files?: readonly GuestFile[] | undefined;
  readonly cold?: boolean | undefined;
  readonly thermal?: ThermalChange | undefined;
}

export interface GuestFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode?: number | undefined;
}

async function plan(context: Context, request: CreateRequest, image: Image): Promise<Sandbox> {
  const nowMs = context.clock.nowMs();
  return {
    id: randomBytes(8).toString('hex'),
    name: sandboxName(request.name ?? inventName(randomBytes(4))),
    image: image.name,
    ...sizes(request, { ...image.manifest?.defaults, sizeMib: image.sizeMib }, await context.host.facts()),
    env: checkEnvironment(request.env ?? {}),
    labels: checkLabels(request.labels ?? {}),
    ...(request.init === undefined ? {} : { init: request.init }),
    thermal: checkThermal(request.thermal ?? {}),
    wanted: 'running',
    state: 'creating',
    createdMs: nowMs,
    changedMs: nowMs,
  };
}

/**
 * Makes a sandbox and waits until it can be used. The row is there first: it keeps the name, and a daemon that dies
 * in the middle finds it and takes everything back. `accepted` is told who it will be.
 * @throws BhattiError; then nothing is left, also when the signal aborts
 */
export async function createSandbox(
  context: Context,
  request: CreateRequest,
  watch: Progress & { accepted?(sandbox: Sandbox): void },
  signal: AbortSignal,
): Promise<Sandbox> {
  if (request.name !== undefined) sandboxName(request.name); // the cheapest mistakes are told first
  for (const file of request.files ?? []) guestPath(file.path);
  const image = await context.images.find(request.image ?? IMAGE_DEFAULT);
  const sandbox = await plan(context, request, image);
  if (signal.aborted) throw cancelled(`create ${sandbox.name}`);
  await context.store.sandboxes.insert(sandbox);
  watch.accepted?.(sandbox);
  return context.turns.take(sandbox.id, 'created', signal, async () => {
    try {
      const spec = vmSpec(sandbox, image, request.cold ?? false);
      const report = await context.engine.create(spec, watch, signal);
      for (const file of request.files ?? []) await writeGuestFile(context, sandbox, file, signal);
      if (sandbox.init !== undefined) await runInit(context, sandbox, sandbox.init);
      signal.throwIfAborted();
      const nowMs = context.clock.nowMs();
      const made = await context.store.sandboxes.update(sandbox.id, { state: 'running', report }, nowMs);
      if (made === undefined) throw new Error(`the row of ${sandbox.id} vanished`);
      context.activity.changed(sandbox.id);
      return made;
    } catch (error) {
      await takeBack(context, sandbox);
      throw signal.aborted && !(error instanceof BhattiError) ? cancelled(`create ${sandbox.name}`) : error;
    }
  });
}

async function takeBack(context: Context, sandbox: Sandbox): Promise<void> {
  await context.engine.destroy(sandbox.id);
  await context.store.sandboxes.remove(sandbox.id);
}
