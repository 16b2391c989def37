/**
 * The engine: the machines of one folder, and what they share (templates, network, accelerator).
 *
 * It decides nothing about names, sizes or wishes: operations do, one at a time for each id. All it knows of a machine
 * stands in that machine's folder, so that the next daemon knows it too.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CONSOLE_FILE, CONTROL_SOCKET } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Agent } from '../ports/agent.ts';
import type {
  Engine,
  Forked,
  PreparedClone,
  Progress,
  Prunable,
  SnapshotAs,
  VmReport,
  VmSnapshot,
  VmSpec,
  VmStatus,
  WakeReport,
} from '../ports/engine.ts';
import { Branches } from './branch/branches.ts';
import type { ForkBase } from './branch/fork-base.ts';
import { SnapshotStore } from './branch/snapshot-store.ts';
import { recoverDisk } from './branch/use-snapshot.ts';
import { GuestFacts } from './guest-facts.ts';
import { Keeper, readEnd } from './keeper/control.ts';
import { type Launch, type Machine, powerOff, runningVm, statusOf, withOwnKernel } from './machine.ts';
import { type MachineNetwork, Network, type NoNetwork } from './network/network.ts';
import { takeClone, takenRecord } from './pool/clone.ts';
import { endClone, Pool } from './pool/pool.ts';
import { diskBytesOf, heldBytes } from './prunable.ts';
import { bareCommandLine } from './qemu/arguments.ts';
import { loadMachine } from './saved/load-machine.ts';
import { saveMachine } from './saved/save-machine.ts';
import { SavedChecks } from './saved/saved-checks.ts';
import { hasSaved, removeSaved, SAVED_FOLDER, savedFolder } from './saved/saved-state.ts';
import type { EngineSettings } from './settings.ts';
import { type TemplateFacts, templateKey } from './template/template-key.ts';
import { type Template, TemplateStore } from './template/template-store.ts';
import { freeUid } from './uids.ts';
import { bringUp, freshIdentity, makeDisk } from './vm/bring-up.ts';
import { within } from './vm/deadline.ts';
import { type Ended, exitReason } from './vm/exit-reason.ts';
import {
  checkLayers,
  clearRun,
  copyLayers,
  makeFolder,
  namesIn,
  pinKernel,
  readRecord,
  removeFolder,
  type VmRecord,
  writeRecord,
} from './vm/folder.ts';
import { Timings } from './vm/timings.ts';
import { consoleTail, Vm } from './vm/vm.ts';
import { wakeGuest } from './vm/wake-guest.ts';

export class QemuEngine implements Engine {
  readonly #settings: EngineSettings;
  readonly #facts: GuestFacts;
  readonly #network: Network;
  readonly #templates: TemplateStore;
  readonly #pool: Pool;
  readonly #machines = new Map<string, Machine>();
  readonly #checks = new SavedChecks();
  readonly #snapshots: SnapshotStore;
  readonly #branches: Branches;
  readonly #listeners: ((status: VmStatus) => void)[] = [];

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#facts = new GuestFacts(settings);
    this.#network = new Network(settings);
    const templateMemory = (key: string) => this.#templates.memoryOnDisk(key);
    this.#snapshots = new SnapshotStore(join(settings.folder, 'snapshots'), this.#checks, templateMemory);
    this.#branches = new Branches({
      snapshots: this.#snapshots,
      checks: this.#checks,
      facts: (spec) => this.#facts.of(spec),
      network: (progress) => this.#network.machineNetworkOrNone(progress),
      machine: (id) => this.#machine(id),
      note: (machine, facts) => this.#note(machine, facts),
      create: (base, launch) => this.#createFrom(base, launch),
      kill: (id) => this.stop(id, { force: true, timeoutMs: 0 }),
      destroy: (id) => this.destroy(id),
      folderOf: (id) => this.#folderOf(id),
    });
    this.#templates = new TemplateStore(settings, (key) => this.#pool.drop(key));
    this.#pool = new Pool(settings, {
      template: (key) => this.#templates.peek(key),
      network: () => this.#network.machineNetworkOrNone({ step: () => undefined }),
      key: async (spec) => templateKey(await this.#facts.of(spec)),
      takeUid: () => this.#takeUid(),
    });
  }

  async create(spec: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport> {
    const timings = new Timings();
    const facts = await this.#facts.of(spec);
    timings.mark('facts');
    const launch = { spec, facts, timings, progress, signal };
    if (spec.cold) return this.#createFrom(null, launch);
    const report = (await this.#createFromPool(launch)) ?? (await this.#fork(launch));
    this.#pool.asked(facts, spec);
    return report;
  }

  fork(from: VmSpec, specs: readonly VmSpec[], progress: Progress, signal: AbortSignal): Promise<Forked> {
    return this.#branches.fork(from, specs, progress, signal);
  }

  snapshot(of: VmSpec, as: SnapshotAs, progress: Progress): Promise<void> {
    return this.#branches.snapshot(of, as, progress);
  }

  snapshots(): Promise<readonly VmSnapshot[]> {
    return this.#snapshots.report();
  }

  removeSnapshot(id: string): Promise<void> {
    return this.#snapshots.remove(id);
  }

  forkSnapshot(
    id: string,
    specs: readonly VmSpec[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly VmReport[]> {
    return this.#branches.forkSnapshot(id, specs, progress, signal);
  }

  restore(spec: VmSpec, id: string, progress: Progress, signal: AbortSignal): Promise<void> {
    return this.#branches.restore(spec, id, progress, signal);
  }

  pool(): readonly PreparedClone[] {
    return this.#pool.report();
  }

  async start(asked: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport> {
    const timings = new Timings();
    const machine = this.#machine(asked.id);
    const spec = withOwnKernel(machine, asked);
    const found = await this.#facts.of(spec);
    const facts = spec.bare ? { ...found, commandLine: bareCommandLine(found.commandLine) } : found;
    await checkLayers(machine.record.layers);
    await this.#afresh(machine);
    await this.#forgetSaved(machine);
    const network = spec.bare ? { why: 'it is bare' } : await this.#network.machineNetworkOrNone(progress);
    timings.mark('files');
    return this.#run(machine, null, network, { spec, facts, timings, progress, signal });
  }

  async copy(from: string, id: string): Promise<void> {
    const folder = this.#folderOf(id);
    try {
      await makeFolder(folder);
      await this.#branches.settle(this.#machine(from));
      const { accelerator, kernel, layers } = this.#machine(from).record;
      const uid = this.#takeUid();
      const pinned = kernel === undefined ? {} : { kernel: await pinKernel(kernel, folder) };
      const base = { id, accelerator, ...pinned, layers: await copyLayers(layers, folder), ...freshIdentity() };
      const record = uid === null ? base : { ...base, uid };
      this.#machines.set(id, { folder, record, vm: null });
      await writeRecord(folder, record);
    } catch (error) {
      await this.destroy(id);
      throw error;
    }
  }

  async stop(id: string, also: { force: boolean; timeoutMs: number }): Promise<void> {
    const machine = this.#machines.get(id);
    if (machine?.saved && also.force) await this.#forgetSaved(machine);
    const vm = machine?.vm ?? null;
    if (vm === null || vm.over !== null) return;
    vm.expectEnd();
    try {
      if (!also.force) await within(powerOff(vm), 'power off', { ...also, signal: new AbortController().signal });
    } catch {
      // a guest that cannot be asked, or does not listen
    }
    if (vm.over === null) vm.kill();
    await vm.keeper.gone;
    await vm.ended;
  }

  async pause(id: string): Promise<void> {
    const machine = this.#machine(id);
    const vm = runningVm(machine);
    if (vm.paused) return;
    await vm.pause();
    await this.#note(machine, { pausedMs: Date.now() });
  }

  async resume(id: string): Promise<WakeReport> {
    const machine = this.#machine(id);
    const timings = new Timings();
    const vm = runningVm(machine);
    const atMs = Date.now();
    const { pausedMs: sinceMs = atMs, ...record } = machine.record;
    await vm.goOn();
    timings.mark('continue');
    const sleptMs = atMs - sinceMs;
    const steps = await wakeGuest(await vm.agent(), sleptMs);
    timings.mark('wake');
    machine.record = record;
    await writeRecord(machine.folder, record);
    return { from: 'warm', atMs, sleptMs, steps, timings: timings.all() };
  }

  async save(spec: VmSpec): Promise<void> {
    const machine = this.#machine(spec.id);
    await this.#branches.settle(machine);
    await saveMachine(runningVm(machine), machine.record, await this.#facts.of(withOwnKernel(machine, spec)));
    machine.saved = true;
    this.#checks.begin(savedFolder(machine.folder));
  }

  async load(asked: VmSpec, also: { verify: boolean }, progress: Progress, signal: AbortSignal): Promise<WakeReport> {
    const machine = this.#machine(asked.id);
    const spec = withOwnKernel(machine, asked);
    const { folder } = machine;
    const facts = await this.#facts.of(spec);
    await checkLayers(machine.record.layers);
    if (also.verify) {
      progress.step('reading the saved memory');
      await this.#checks.now(savedFolder(folder), signal);
    } else await this.#checks.end(savedFolder(folder));
    await this.#afresh(machine);
    const network = await this.#network.machineNetworkOrNone(progress);
    const order = { spec, folder, record: machine.record, facts, network, settings: this.#settings, signal };
    try {
      const { vm, report } = await loadMachine(order);
      machine.saved = false;
      this.#watch(machine, vm);
      return report;
    } catch (error) {
      machine.saved = await hasSaved(folder);
      throw error;
    }
  }

  isPaused(id: string): boolean {
    const machine = this.#machines.get(id);
    return machine?.saved === true || machine?.vm?.paused === true;
  }

  async destroy(id: string): Promise<void> {
    const machine = this.#machines.get(id);
    if (machine?.vm && machine.vm.over === null) {
      machine.vm.kill();
      await machine.vm.keeper.gone;
    }
    this.#machines.delete(id);
    if (machine?.saved) await this.#checks.end(savedFolder(machine.folder));
    await removeFolder(machine?.folder ?? this.#folderOf(id));
  }

  async agent(id: string): Promise<Agent> {
    return runningVm(this.#machine(id)).agent();
  }

  async status(id: string): Promise<VmStatus> {
    return statusOf(id, this.#machine(id));
  }

  async adopt(ids: readonly string[]): Promise<readonly VmStatus[]> {
    const all = this.#folderOf('.');
    await makeFolder(all);
    await this.#templates.adopt(); // snapshots stand on their memory
    await Promise.all([this.#pool.adopt(), this.#snapshots.adopt()]);
    const statuses = await Promise.all((await readdir(all)).map((id) => this.#adoptOne(id, ids.includes(id))));
    return statuses.filter((status) => status !== null);
  }

  consolePath(id: string): string {
    return join(this.#folderOf(id), CONSOLE_FILE);
  }

  onExit(listener: (status: VmStatus) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.#pool.clear();
    for (const { vm } of this.#machines.values()) vm?.detach();
    await this.#templates.detach();
    this.#network.detach();
  }

  async prunable(): Promise<readonly Prunable[]> {
    const clones = this.#pool.folders();
    const templates = this.#templates.all();
    const network = this.#anyRuns() ? [] : [this.#network.folder];
    const disk = await diskBytesOf([...clones.keys(), ...templates.map(({ folder }) => folder), ...network]);
    const held = await Promise.all(templates.map(({ memory = '' }) => heldBytes(memory)));
    const item = (what: Prunable['what'], folder: string, memoryBytes: number): Prunable => ({
      ...{ what, folder, diskBytes: disk.get(folder) ?? 0, memoryBytes },
    });
    return [
      ...[...clones].map(([folder, bytes]) => item('clone', folder, bytes)),
      ...templates.map(({ folder }, index) => item('template', folder, held[index] ?? 0)),
      ...network.map((folder) => item('network', folder, 0)),
    ].filter(({ diskBytes, memoryBytes }) => diskBytes + memoryBytes > 0);
  }

  #anyRuns(): boolean {
    return [...this.#machines.values()].some(({ vm }) => vm !== null && vm.over === null);
  }

  /** Removes what no machine uses: all clones and templates, and the network when no machine runs. */
  async prune(): Promise<void> {
    await this.#pool.clear();
    await this.#templates.clear();
    if (!this.#anyRuns()) await this.#network.remove();
  }

  forgetImage(path: string): Promise<void> {
    return this.#templates.forgetImage(path);
  }

  /** @returns null when a boot is the better answer. @throws BhattiError operation.cancelled, or of a host without QEMU */
  async #templateFor(facts: TemplateFacts, progress: Progress, signal: AbortSignal): Promise<Template | null> {
    try {
      return await this.#templates.get(facts, progress, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      progress.step(`no template: ${error instanceof Error ? error.message : error}`);
      return null;
    }
  }

  /** @returns null when no clone waits, or it does not go on */
  async #createFromPool(launch: Launch): Promise<VmReport | null> {
    const { spec, facts, timings, progress, signal } = launch;
    const key = templateKey(facts);
    if (!this.#pool.has(key)) return null;
    const clone = await this.#pool.take(key, await this.#network.machineNetworkOrNone(progress));
    if (clone === null) return null;
    const folder = this.#folderOf(spec.id);
    const record = takenRecord(clone, spec.id, folder);
    const machine: Machine = { folder, record, vm: null };
    this.#machines.set(spec.id, machine);
    this.#templates.use(key);
    const timeoutMs = this.#settings.forkTimeoutMs;
    try {
      const report = await takeClone(clone, { spec, record, folder, timings, timeoutMs, signal });
      this.#watch(machine, clone.vm);
      return report;
    } catch (error) {
      await endClone(clone);
      await this.destroy(spec.id);
      if (signal.aborted) throw error;
      progress.step('the prepared clone does not go on: fork instead');
      timings.mark('failed clone');
      return null;
    }
  }

  async #fork(launch: Launch): Promise<VmReport> {
    const { facts, timings, progress, signal } = launch;
    const template = await this.#templateFor(facts, progress, signal);
    timings.mark('template');
    try {
      return await this.#createFrom(template, launch);
    } catch (error) {
      if (template === null || signal.aborted) throw error;
      await this.#templates.forget(template);
      progress.step('the fork did not come up: boot instead');
      timings.mark('failed fork');
      return this.#createFrom(null, launch);
    }
  }

  async #createFrom(template: ForkBase | null, launch: Launch): Promise<VmReport> {
    const { spec, facts, timings } = launch;
    const folder = this.#folderOf(spec.id);
    try {
      await makeFolder(folder);
      const [layers, kernel, network] = await Promise.all([
        makeDisk(spec, folder, template),
        pinKernel(spec.kernel, folder),
        this.#network.machineNetworkOrNone(launch.progress),
      ]);
      const uid = this.#takeUid();
      const base = { id: spec.id, layers, kernel, accelerator: facts.shape.accelerator, ...freshIdentity() };
      const machine: Machine = { folder, record: uid === null ? base : { ...base, uid }, vm: null };
      this.#machines.set(spec.id, machine);
      await writeRecord(folder, machine.record);
      await launch.lay?.(folder, uid);
      timings.mark('files');
      return await this.#run(machine, template, network, launch);
    } catch (error) {
      await this.destroy(spec.id);
      throw error;
    }
  }

  async #run(
    machine: Machine,
    template: ForkBase | null,
    network: MachineNetwork | NoNetwork,
    launch: Launch,
  ): Promise<VmReport> {
    const { folder, record } = machine;
    const { vm, report } = await bringUp({ ...launch, folder, record, template, network, settings: this.#settings });
    this.#watch(machine, vm);
    return report;
  }

  #watch(machine: Machine, vm: Vm): void {
    machine.vm = vm;
    vm.ended.then((ended) => this.#onEnded(machine, vm, ended));
  }

  async #onEnded(machine: Machine, vm: Vm, ended: Ended): Promise<void> {
    const { id } = machine.record;
    if (this.#machines.get(id) !== machine || machine.vm !== vm) return;
    await this.#note(machine, { ended }).catch(() => undefined); // its folder may be going away
    if (vm.wasAsked) return;
    for (const listener of this.#listeners) listener({ id, ...ended });
  }

  async #adoptOne(id: string, known: boolean): Promise<VmStatus | null> {
    const folder = this.#folderOf(id);
    const [names, record] = await Promise.all([namesIn(folder), readRecord(folder)]);
    const keeper = names.includes(CONTROL_SOCKET) ? await Keeper.find(folder) : null;
    if (!known || record === null) {
      keeper?.kill();
      await keeper?.gone;
      await removeFolder(folder);
      return null;
    }
    const restored = await recoverDisk(folder, names, record, keeper === null);
    const saved = restored !== record || names.includes(SAVED_FOLDER);
    const machine: Machine = { folder, record: restored, vm: null, saved };
    this.#machines.set(id, machine);
    if (!saved) await removeSaved(folder, names); // what a daemon that died in the middle left
    if (saved) {
      keeper?.kill(); // it has not gone on since it was saved
      await keeper?.gone;
      this.#checks.begin(savedFolder(folder));
    } else if (keeper !== null) {
      const vm = new Vm(folder, keeper);
      this.#watch(machine, vm);
      await vm.look().catch(() => undefined); // a QEMU that does not answer is as good as one that runs
      if (!vm.paused) vm.agent().catch(() => undefined); // so that its goodbye is heard
    } else if (record.ended === undefined) {
      const seen = { end: await readEnd(folder), console: await consoleTail(folder) };
      const ended = exitReason({ ...seen, shutdown: null, goodbye: null, asked: false });
      await this.#note(machine, { ended });
    }
    return statusOf(id, machine);
  }

  async #forgetSaved(machine: Machine): Promise<void> {
    await this.#checks.end(savedFolder(machine.folder));
    await removeSaved(machine.folder);
    machine.saved = false;
  }

  /** What the last run left goes, and how it ended. */
  async #afresh(machine: Machine): Promise<void> {
    await clearRun(machine.folder);
    const { ended: _, pausedMs: __, ...record } = machine.record;
    machine.record = record;
    await writeRecord(machine.folder, record);
  }

  async #note(machine: Machine, facts: Partial<VmRecord>): Promise<void> {
    machine.record = { ...machine.record, ...facts };
    await writeRecord(machine.folder, machine.record);
  }

  #takeUid(): number | null {
    if (this.#settings.uids === null) return null;
    const taken = [...this.#machines.values()].map(({ record }) => record.uid ?? -1);
    return freeUid(this.#settings.uids, new Set([...taken, ...this.#pool.uids]));
  }

  #machine(id: string): Machine {
    const machine = this.#machines.get(id);
    if (machine !== undefined) return machine;
    throw new BhattiError('sandbox.not-found', `cannot find the VM ${id}: the engine has no folder of it`, {
      remedy: 'bhatti destroy it',
    });
  }

  #folderOf(id: string): string {
    return join(this.#settings.folder, 'vms', id);
  }
}
