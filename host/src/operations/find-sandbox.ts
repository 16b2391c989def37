import { resolve } from '../core/reference.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';

/** @throws BhattiError sandbox.not-found | sandbox.ambiguous */
export async function findSandbox(context: Context, reference: string): Promise<Sandbox> {
  return resolve(reference, await context.store.sandboxes.like(reference));
}
