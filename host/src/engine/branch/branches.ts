/** Forks, snapshots and what is made of them: what the engine does to several machines at once. */
import type { Forked, Progress, SnapshotAs, VmReport, VmSpec } from '../../ports/engine.ts';
import { type Launch, type Machine, runningVm, withOwnKernel } from '../machine.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import { savable } from '../saved/save-machine.ts';
import type { SavedChecks } from '../saved/saved-checks.ts';
import { readState, type SavedManifest, savedFolder } from '../saved/saved-state.ts';
import { machineKey, type TemplateFacts, templateKey } from '../template/template-key.ts';
import type { VmRecord } from '../vm/folder.ts';
import { Timings } from '../vm/timings.ts';
import type { ForkBase } from './fork-base.ts';
import { liveBase } from './live-base.ts';
import { LayerMerges } from './merge-layers.ts';
import type { Captured } from './moment.ts';
import { LAYERS_MAX } from './next-layer.ts';
import type { KeptSnapshot, SnapshotStore } from './snapshot-store.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { finishRestore, forgetMemory, layMemory, laySnapshot, snapshotBase } from './use-snapshot.ts';

/** What it needs of the engine. */
export interface BranchParts {
  readonly snapshots: SnapshotStore;
  readonly checks: SavedChecks;
  facts(spec: VmSpec): Promise<TemplateFacts>;
  network(progress: Progress): Promise<MachineNetwork | NoNetwork>;
  machine(id: string): Machine;
  note(machine: Machine, facts: Partial<VmRecord>): Promise<void>;
  create(base: ForkBase, launch: Launch): Promise<VmReport>;
  kill(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  folderOf(id: string): string;
}

export class Branches {
  readonly #parts: BranchParts;
  readonly #merges: LayerMerges;

  constructor(parts: BranchParts) {
    this.#parts = parts;
    this.#merges = new LayerMerges(parts.note);
  }

  /** Nothing but its guest writes to a machine's disk from now on. @throws BhattiError engine.failed */
  settle(machine: Machine): Promise<void> {
    return this.#merges.end(machine);
  }

  /** See Engine. */
  async fork(from: VmSpec, specs: readonly VmSpec[], progress: Progress, signal: AbortSignal): Promise<Forked> {
    const machine = this.#parts.machine(from.id);
    const facts = await this.#parts.facts(withOwnKernel(machine, from));
    const captured = await this.#captured(machine, facts);
    progress.step(`copying the memory of ${from.hostname}`);
    const base = await liveBase(captured);
    try {
      const own = specs.map((spec) => withOwnKernel(machine, spec));
      const reports = await this.#forkAll(base, own, { facts, progress, signal });
      return { pausedMs: base.pausedMs, reports };
    } finally {
      await base.release();
      this.#merges.begin(machine);
    }
  }

  /** See Engine. */
  async snapshot(of: VmSpec, as: SnapshotAs, progress: Progress): Promise<void> {
    const machine = this.#parts.machine(of.id);
    const facts = await this.#parts.facts(withOwnKernel(machine, of));
    progress.step(`copying the memory of ${of.hostname}`);
    const template = templateKey(await this.#parts.facts(of));
    await takeSnapshot(await this.#captured(machine, facts), facts, { ...as, template }, this.#parts.snapshots);
    this.#merges.begin(machine);
  }

  /** See Engine. */
  async forkSnapshot(
    id: string,
    asked: readonly VmSpec[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly VmReport[]> {
    const snapshot = this.#parts.snapshots.get(id);
    const specs = asked.map((spec) => ({ ...spec, kernel: snapshot.kernel }));
    const [first] = specs;
    if (first === undefined) return [];
    const { facts, manifest } = await this.#stateOf(snapshot, first, progress);
    const lay = (folder: string, uid: number | null) => layMemory(snapshot, manifest, folder, uid, signal);
    const reports = await this.#forkAll(snapshotBase(snapshot, manifest), specs, { facts, progress, signal, lay });
    await Promise.all(specs.map((spec) => forgetMemory(this.#parts.folderOf(spec.id))));
    return reports;
  }

  /** See Engine. */
  async restore(asked: VmSpec, id: string, progress: Progress, signal: AbortSignal): Promise<void> {
    const { checks, kill, machine: find, snapshots } = this.#parts;
    const machine = find(asked.id);
    const { folder } = machine;
    const snapshot = snapshots.get(id);
    const { manifest } = await this.#stateOf(snapshot, withOwnKernel(machine, asked), progress);
    progress.step('reading the snapshot');
    await laySnapshot(snapshot, manifest, machine, signal);
    await kill(asked.id);
    machine.record = await finishRestore(folder, machine.record);
    machine.saved = true;
    checks.begin(savedFolder(folder));
  }

  /** Looks at a snapshot before anything is begun. @throws BhattiError saved.broken | saved.foreign */
  async #stateOf(
    { folder }: KeptSnapshot,
    spec: VmSpec,
    progress: Progress,
  ): Promise<{ facts: TemplateFacts; manifest: SavedManifest }> {
    const facts = await this.#parts.facts(spec);
    const network = 'why' in (await this.#parts.network(progress)) ? 'none' : 'user';
    return { facts, manifest: await readState(folder, machineKey(facts), network) };
  }

  async #captured(machine: Machine, facts: TemplateFacts): Promise<Captured> {
    const vm = runningVm(machine);
    if (machine.record.layers.length < LAYERS_MAX) await this.#merges.end(machine);
    else await this.#merges.now(machine);
    const note: Captured['note'] = (layers) => this.#parts.note(machine, { layers });
    return { vm, record: machine.record, ...(await savable(vm, facts)), note };
  }

  /** All at once; when one does not come up, none is left. */
  async #forkAll(
    base: ForkBase,
    specs: readonly VmSpec[],
    also: Pick<Launch, 'facts' | 'progress' | 'signal' | 'lay'>,
  ): Promise<readonly VmReport[]> {
    also.progress.step(specs.length === 1 ? 'starting the fork' : `starting ${specs.length} forks`);
    const launches = specs.map((spec) => this.#parts.create(base, { ...also, spec, timings: new Timings() }));
    const ends = await Promise.allSettled(launches);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed === undefined) return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    await Promise.all(specs.map(({ id }) => this.#parts.destroy(id)));
    throw failed.reason;
  }
}
