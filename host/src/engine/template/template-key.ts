/**
 * What must be equal for a template to be forked. QEMU loads a state under another cpu count or cpu model in silence, and
 * the guest then hangs; so the key takes in all that went into the guest, and nothing is ever loaded without it.
 */
import { createHash } from 'node:crypto';
import { type GuestShape, qemuArguments } from '../qemu/arguments.ts';

export interface TemplateFacts {
  readonly shape: GuestShape;
  /** fileIdentity() of the QEMU program, and what it calls itself. */
  readonly qemu: { readonly identity: string; readonly version: string };
  readonly kernel: { readonly path: string; readonly identity: string };
  readonly commandLine: string;
  /** lohar is in the image. Whoever changes its content gives it another inode or time. */
  readonly image: { readonly path: string; readonly identity: string };
  /** Command lines of the image that a template has run, and its clones run. */
  readonly rehearsal: readonly string[];
}

/** Wiring is descriptors and where the VM begins: the same numbers for all, so that only the guest's part remains. */
function guestArguments(shape: GuestShape): string[] {
  return qemuArguments(shape, {
    memory: { descriptor: 3, shared: false },
    disk: [{ descriptor: 4, format: 'raw' }],
    monitor: 5,
    agent: 6,
    network: 'none',
    begin: { from: 'state', state: 7, standStill: false },
  });
}

const keyOf = (told: unknown): string => createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32);

export function templateKey({ shape, ...rest }: TemplateFacts): string {
  return keyOf([guestArguments(shape), rest]);
}

/** What must be equal for the saved state of one machine to be loaded again: its memory brings kernel and image along. */
export function machineKey({ shape, qemu }: Pick<TemplateFacts, 'shape' | 'qemu'>): string {
  return keyOf([guestArguments(shape), qemu]);
}
