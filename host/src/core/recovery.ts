/** What a starting daemon does with each sandbox of the store, given what still runs of it. */
import type { VmStatus } from '../ports/engine.ts';
import { isUp, type ListedSandbox, type SandboxState, stateOf } from './sandbox.ts';

export type Recovery =
  | { readonly do: 'keep' }
  /** The request that made it never got an answer: take back what was begun, or finish taking it away. */
  | { readonly do: 'remove' }
  /** End what runs, then call it stopped. */
  | { readonly do: 'stop'; readonly force: boolean; readonly reason: string }
  | { readonly do: 'record'; readonly state: SandboxState; readonly reason?: string };

const CUT_OFF = 'the daemon ended in the middle of it';

export function recovery(sandbox: ListedSandbox, vm: VmStatus | undefined): Recovery {
  const found = vm === undefined ? undefined : stateOf(vm.state);
  const runs = found !== undefined && isUp(found);
  if (sandbox.state === 'creating' || sandbox.state === 'destroying') return { do: 'remove' };
  if (found === 'cold') return asItIs(sandbox.state, found); // whatever was begun, nothing of it is lost
  switch (sandbox.state) {
    case 'starting':
      return { do: 'stop', force: true, reason: `not started: ${CUT_OFF}` };
    case 'stopping':
      return { do: 'stop', force: false, reason: 'stopped by request' };
    case 'running':
    case 'warm':
    case 'cold':
      if (runs) return asItIs(sandbox.state, found);
      return { do: 'record', ...ended(vm, 'it ended while no daemon watched') };
    case 'stopped':
    case 'crashed':
      return runs ? { do: 'stop', force: false, reason: 'stopped by request' } : { do: 'keep' };
  }
}

/** A pause, a resume, a save or a load may have been cut off between the row and the deed. */
function asItIs(said: SandboxState, state: SandboxState): Recovery {
  return said === state ? { do: 'keep' } : { do: 'record', state };
}

/** State and reason of a VM that is not running any more. */
export function ended(vm: VmStatus | undefined, otherwise: string): { state: 'stopped' | 'crashed'; reason: string } {
  return { state: vm?.state === 'stopped' ? 'stopped' : 'crashed', reason: vm?.reason ?? otherwise };
}
