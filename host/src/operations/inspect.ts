import { hasLabels } from '../core/environment.ts';
import { isUp, type ListedSandbox, type Sandbox } from '../core/sandbox.ts';
import type { ThermalPolicy } from '../core/thermal.ts';
import { consoleTail } from './console.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { policyOf } from './policy.ts';

/** A kernel's oops, with the line that says what it was about. */
const CONSOLE_LINES = 60;

export interface Inspection {
  readonly sandbox: Sandbox;
  /** Of QEMU, while it runs. */
  readonly pid?: number;
  /** What is wrong with PID 1 of the guest. */
  readonly trouble?: string;
  /** When it is set aside. */
  readonly thermal: ThermalPolicy;
  /** Of one that runs: how long nothing was asked of it, and why it is not set aside. */
  readonly quietMs?: number;
  readonly hotBecause?: string;
  /** The last lines of a guest that ended by itself. */
  readonly console?: readonly string[];
}

/** Oldest first; only those that bear every wanted label. */
export async function listSandboxes(
  context: Context,
  labels: Readonly<Record<string, string>>,
): Promise<readonly ListedSandbox[]> {
  return (await context.store.sandboxes.list()).filter((sandbox) => hasLabels(sandbox.labels, labels));
}

/** @throws BhattiError sandbox.not-found | sandbox.ambiguous */
export async function inspectSandbox(context: Context, reference: string): Promise<Inspection> {
  const sandbox = await findSandbox(context, reference);
  const { pid, trouble } = isUp(sandbox.state) ? await context.engine.status(sandbox.id) : {};
  // Who was not asked to stop and has stopped leaves its last words.
  const byItself = sandbox.wanted === 'running' && (sandbox.state === 'stopped' || sandbox.state === 'crashed');
  return {
    sandbox,
    thermal: policyOf(context, sandbox),
    ...(sandbox.state === 'running' ? quietness(context, sandbox.id) : {}),
    ...(pid === undefined ? {} : { pid }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(byItself ? { console: await consoleTail(context, sandbox, CONSOLE_LINES) } : {}),
  };
}

function quietness(context: Context, id: string): { quietMs: number; hotBecause?: string } {
  const { quietMs, why } = context.activity.of(id);
  return { quietMs: Math.round(quietMs), ...(why === undefined ? {} : { hotBecause: why }) };
}
