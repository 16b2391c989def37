/** From a machine that stands still to one on disk: its memory by its keeper, its devices by QEMU; then QEMU ends. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JOB_FILE, type Job, parseJob } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { machineKey, type TemplateFacts } from '../template/template-key.ts';
import { fileIdentity, type VmRecord } from '../vm/folder.ts';
import { saveDescriptor } from '../vm/launch-job.ts';
import { saveDevices } from '../vm/save-devices.ts';
import type { Vm } from '../vm/vm.ts';
import { beginSaved, completeSaved, dropUnfinished, type SavedFacts } from './saved-state.ts';

function cannot(why: string): BhattiError {
  return new BhattiError('engine.failed', `cannot save the machine: ${why}`, {
    remedy: 'bhatti stop --poweroff ends it and keeps its disk',
  });
}

/**
 * The file that QEMU writes its devices to, where the machine can be saved as it is.
 * @returns descriptor of it @throws BhattiError engine.failed
 */
export async function savable(vm: Vm, { qemu }: TemplateFacts): Promise<{ job: Job; descriptor: number }> {
  const job = parseJob(await readFile(join(vm.folder, JOB_FILE), 'utf8'));
  const descriptor = saveDescriptor(job);
  if (descriptor === null) throw cannot('a bhatti before this one started it');
  const running = await fileIdentity(`/proc/${vm.keeper.state.child}/exe`).catch(() => '');
  if (running !== qemu.identity) throw cannot('QEMU was replaced since it was started');
  return { job, descriptor };
}

/** What another machine must be like to go on from what is saved of this one. */
export function savedFacts(
  { accelerator }: VmRecord,
  facts: TemplateFacts,
  job: Job,
): Pick<SavedFacts, 'key' | 'qemu' | 'network'> {
  return {
    key: machineKey({ ...facts, shape: { ...facts.shape, accelerator } }),
    qemu: facts.qemu.version,
    network: job.netNamespace === undefined ? 'none' : 'user',
  };
}

/**
 * @param vm its processors stand still @param facts of its shape
 * @throws BhattiError engine.failed | host.disk-full; then nothing is saved, and it can go on
 */
export async function saveMachine(vm: Vm, record: VmRecord, facts: TemplateFacts): Promise<void> {
  const { folder } = vm;
  const { job, descriptor } = await savable(vm, facts);
  await vm.hangUp(); // who goes on from the saved state must see the port close
  try {
    await beginSaved(folder);
    const devices = await saveDevices(vm, descriptor);
    const { chunks } = await vm.keeper.copyMemory('copy');
    const stoppedMs = record.pausedMs ?? Date.now();
    await completeSaved(folder, devices, { ...savedFacts(record, facts, job), stoppedMs, chunks }, record.uid);
  } catch (error) {
    await dropUnfinished(folder);
    throw error;
  }
  vm.expectEnd();
  const monitor = await vm.monitor();
  await monitor.execute('quit').catch(() => vm.kill()); // it is on disk: however QEMU ends
  await vm.keeper.gone;
  await vm.ended;
}
