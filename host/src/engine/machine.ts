/** What the engine knows of one machine, and what follows from it. */
import type { Progress, VmSpec, VmStatus } from '../ports/engine.ts';
import type { TemplateFacts } from './template/template-key.ts';
import type { VmRecord } from './vm/folder.ts';
import type { Timings } from './vm/timings.ts';
import { notRunning, type Vm } from './vm/vm.ts';

export interface Machine {
  readonly folder: string;
  record: VmRecord;
  /** The last run; over when it has ended. */
  vm: Vm | null;
  /** It is on disk, memory and all. */
  saved?: boolean;
}

/** What one create or start is about. */
export interface Launch {
  readonly spec: VmSpec;
  readonly facts: TemplateFacts;
  readonly timings: Timings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Lays what else it begins with into its folder, for who has this uid. */
  readonly lay?: (folder: string, uid: number | null) => Promise<void>;
}

/** A machine boots the same kernel for life, whatever its image brings by now. */
export function withOwnKernel({ record }: Machine, spec: VmSpec): VmSpec {
  return { ...spec, kernel: record.kernel ?? spec.kernel };
}

export function statusOf(id: string, { vm, record, saved }: Machine): VmStatus {
  if (saved) return { id, state: 'cold' };
  if (vm !== null && vm.over === null) {
    const { child } = vm.keeper.state;
    const { trouble } = vm;
    const also = { ...(child === undefined ? {} : { pid: child }), ...(trouble === undefined ? {} : { trouble }) };
    return { id, state: vm.paused ? 'paused' : 'running', ...also };
  }
  return { id, ...(vm?.over ?? record.ended ?? { state: 'stopped', reason: 'it was not started' }) };
}

/** @throws BhattiError sandbox.not-running | sandbox.crashed */
export function runningVm({ vm, record }: Machine): Vm {
  if (vm !== null && vm.over === null) return vm;
  throw notRunning(vm?.over ?? record.ended ?? { state: 'stopped', reason: 'it was not started' });
}

/** Asks lohar to end the machine, and waits until it has. */
export async function powerOff(vm: Vm): Promise<void> {
  const agent = await vm.agent();
  agent.open({ op: 'power', action: 'poweroff' });
  await vm.ended;
}
