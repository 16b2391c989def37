/** An engine without VMs, for the tests of operations and API; it passes engine-contract.ts as the real one does. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Step } from '@bhatti/wire/messages.ts';
import type { Agent } from './agent.ts';
import { FakeAgent } from './agent-fake.ts';
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
} from './engine.ts';

type Operation = 'create' | 'start' | 'fork' | 'snapshot' | 'restore' | 'pause' | 'save' | 'load' | 'stop' | 'destroy';

interface FakeVm {
  readonly spec: VmSpec;
  status: VmStatus;
  agent: FakeAgent;
}

export class FakeEngine implements Engine {
  readonly vms = new Map<string, FakeVm>();
  /** Operation -> what it throws, once. */
  readonly faults = new Map<Operation, Error>();
  /** A create waits for this before it goes on, so that a test can act in its middle. */
  gate: Promise<void> = Promise.resolve();
  /** What is done to a guest that wakes. */
  wakeSteps: readonly Step[] = [{ name: 'clock', ok: true, ms: 1 }];
  /** How often a VM was resumed. */
  wakes = 0;
  /** How the last load was asked for. */
  verified = false;
  readonly #snapshots = new Map<string, VmSnapshot & { files: FakeAgent['files'] }>();
  readonly #listeners: ((status: VmStatus) => void)[] = [];

  async create(spec: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport> {
    if (this.vms.has(spec.id)) throw new Error(`VM ${spec.id} is there already`);
    progress.step('fork the template', 0.5);
    await this.#pass(signal);
    this.#fail('create');
    return this.#boot(spec, 'template');
  }

  async start(spec: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport> {
    progress.step('boot');
    await this.#pass(signal);
    this.#fail('start');
    return this.#boot(spec, 'cold');
  }

  async fork(from: VmSpec, specs: readonly VmSpec[], progress: Progress, signal: AbortSignal): Promise<Forked> {
    const vm = this.vms.get(from.id);
    if (vm === undefined) throw new Error(`there is no VM ${from.id}`);
    progress.step('start the forks');
    await this.#pass(signal);
    this.#fail('fork');
    const reports = specs.map((spec) => {
      this.vms.set(spec.id, { spec, agent: new FakeAgent(new Map(vm.agent.files)), status: vm.status });
      return this.#boot(spec, 'fork');
    });
    return { pausedMs: 5, reports };
  }

  async snapshot({ id }: VmSpec, { id: snapshot, told }: SnapshotAs): Promise<void> {
    this.#fail('snapshot');
    const vm = this.vms.get(id);
    if (vm === undefined) throw new Error(`there is no VM ${id}`);
    const files = new Map(vm.agent.files);
    this.#snapshots.set(snapshot, { id: snapshot, told, createdMs: 0, pausedMs: 5, diskBytes: 4096, files });
  }

  async snapshots(): Promise<readonly VmSnapshot[]> {
    return [...this.#snapshots.values()].map(({ files: _, ...snapshot }) => snapshot);
  }

  async removeSnapshot(id: string): Promise<void> {
    this.#snapshots.delete(id);
  }

  async forkSnapshot(id: string, specs: readonly VmSpec[]): Promise<readonly VmReport[]> {
    return specs.map((spec) => {
      const agent = new FakeAgent(new Map(this.#snapshots.get(id)?.files));
      this.vms.set(spec.id, { spec, agent, status: { id: spec.id, state: 'stopped' } });
      return this.#boot(spec, 'fork');
    });
  }

  async restore({ id }: VmSpec, snapshot: string): Promise<void> {
    this.#fail('restore');
    this.#turn(id, 'cold');
    const vm = this.vms.get(id);
    if (vm !== undefined) vm.agent = new FakeAgent(new Map(this.#snapshots.get(snapshot)?.files));
  }

  async copy(from: string, id: string): Promise<void> {
    const vm = this.vms.get(from);
    if (vm === undefined) throw new Error(`there is no VM ${from}`);
    const agent = new FakeAgent(vm.agent.files);
    this.vms.set(id, { spec: { ...vm.spec, id }, agent, status: { id, state: 'stopped' } });
  }

  async stop(id: string, _also: { force: boolean; timeoutMs: number }): Promise<void> {
    this.#fail('stop');
    this.#end(id, { id, state: 'stopped' });
  }

  async pause(id: string): Promise<void> {
    this.#fail('pause');
    this.#turn(id, 'paused');
  }

  async resume(id: string): Promise<WakeReport> {
    this.#turn(id, 'running');
    this.wakes += 1;
    return { from: 'warm', atMs: 0, sleptMs: 7, steps: this.wakeSteps, timings: { total: 3 } };
  }

  async save({ id }: VmSpec): Promise<void> {
    this.#fail('save');
    this.#turn(id, 'cold');
  }

  async load(
    { id }: VmSpec,
    also: { verify: boolean },
    _progress: Progress,
    _signal: AbortSignal,
  ): Promise<WakeReport> {
    this.verified = also.verify;
    this.#fail('load');
    return { ...(await this.resume(id)), from: 'cold' };
  }

  isPaused(id: string): boolean {
    return ['paused', 'cold'].includes(this.vms.get(id)?.status.state ?? '');
  }

  async destroy(id: string): Promise<void> {
    this.#fail('destroy');
    this.#end(id, { id, state: 'stopped' });
    this.vms.delete(id);
  }

  async agent(id: string): Promise<Agent> {
    const { state, reason } = await this.status(id);
    const vm = this.vms.get(id);
    if (vm !== undefined && state === 'running') return vm.agent;
    const code = state === 'crashed' ? 'sandbox.crashed' : 'sandbox.not-running';
    throw new BhattiError(code, `cannot reach VM ${id}: ${reason ?? 'it is not running'}`, { remedy: 'bhatti start' });
  }

  async status(id: string): Promise<VmStatus> {
    return this.vms.get(id)?.status ?? { id, state: 'stopped', reason: 'there is no such VM' };
  }

  async adopt(ids: readonly string[]): Promise<readonly VmStatus[]> {
    for (const id of this.vms.keys()) if (!ids.includes(id)) this.vms.delete(id);
    return Promise.all(ids.map((id) => this.status(id)));
  }

  consolePath(id: string): string {
    return `/nonexistent/${id}/console.log`;
  }

  onExit(listener: (status: VmStatus) => void): void {
    this.#listeners.push(listener);
  }

  pool(): readonly PreparedClone[] {
    return [];
  }

  async prunable(): Promise<readonly Prunable[]> {
    return [{ what: 'template', folder: '/templates/1', diskBytes: 4096, memoryBytes: 1024 }];
  }

  async prune(): Promise<void> {}

  async forgetImage(): Promise<void> {}

  async close(): Promise<void> {}

  /** The guest ends by itself. */
  exit(status: VmStatus): void {
    this.#end(status.id, status);
    for (const listener of this.#listeners) listener(status);
  }

  #boot(spec: VmSpec, from: 'template' | 'fork' | 'cold'): VmReport {
    const files = this.vms.get(spec.id)?.agent.files;
    const agent = new FakeAgent(files);
    this.vms.set(spec.id, { spec, agent, status: { id: spec.id, state: 'running', pid: 1 } });
    return { from, accelerator: 'tcg', hello: agent.hello, prepared: [], timings: { spawn: 1, hello: 2 } };
  }

  #end(id: string, status: VmStatus): void {
    const vm = this.vms.get(id);
    if (vm === undefined || !['running', 'paused', 'cold'].includes(vm.status.state)) return;
    vm.status = status;
    vm.agent.lose();
  }

  #turn(id: string, state: 'running' | 'paused' | 'cold'): void {
    const vm = this.vms.get(id);
    if (vm === undefined) throw new Error(`there is no VM ${id}`);
    vm.status = { ...vm.status, state };
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    signal.throwIfAborted();
    await Promise.race([this.gate, aborted]);
  }

  #fail(operation: Operation): void {
    const fault = this.faults.get(operation);
    this.faults.delete(operation);
    if (fault !== undefined) throw fault;
  }
}
