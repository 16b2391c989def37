/**
 * A socket unit.
 *
 *   dead -> start-pre -> start-chown -> start-post -> listening <-> running -> stop-pre -> stop-post -> dead | failed
 *
 * Accept=no: the first connection starts the service, which gets the sockets; they are looked at again once it has ended.
 * Accept=yes: each connection is taken in here and goes to a service of its own. The descriptors outlive PID 1's image.
 */
import { type Fd, SysError, type WaitStatus, type Watch } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import type { Attempt } from '../../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../../unit/model.ts';
import { prefixOf } from '../../unit/name.ts';
import type { SocketFacts } from '../../unit/show/own-facts.ts';
import { formatPlace } from '../../unit/socket/listen-address.ts';
import type { SocketSettings } from '../../unit/socket/socket-settings.ts';
import { ControlCommands, type Running } from '../control-commands.ts';
import { errorText } from '../launch/error-text.ts';
import { makeParents } from '../make-parents.ts';
import { Rate } from '../rate.ts';
import type { Passed, UnitRunner, UnitRunnerPort } from '../unit-runner.ts';
import { type Accepted, describeConnection } from './accepted.ts';
import { openListen } from './open-socket.ts';

const ACTIVE = {
  dead: 'inactive',
  'start-pre': 'activating',
  'start-chown': 'activating',
  'start-post': 'activating',
  listening: 'active',
  running: 'active',
  'stop-pre': 'deactivating',
  'stop-post': 'deactivating',
  failed: 'failed',
} as const satisfies Readonly<Record<string, ActiveState>>;
type Sub = keyof typeof ACTIVE;
/** A service in one of these has done with the sockets. */
const SERVICE_OVER = /^(dead|failed|final-sig(term|kill)|auto-restart|auto-restart-queued|.*-before-auto-restart)$/;
/** DefaultTriggerLimit of systemd.socket(5). */
const TRIGGERS_MAX = { accepting: 200, other: 20 } as const;

interface Connection extends Accepted {
  readonly unit: string;
}

interface Kept {
  readonly result: UnitResult;
  /** One for each place, in their order. */
  readonly fds: readonly Fd[];
  readonly accepted: number;
  readonly refused: number;
  readonly connections: readonly Connection[];
  readonly running: Running | null;
}

class SocketRunner implements UnitRunner {
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  readonly #commands: ControlCommands;
  readonly #watches: Watch[] = [];
  readonly #triggers = new Rate();
  #state: Kept = { result: 'success', fds: [], accepted: 0, refused: 0, connections: [], running: null };

  constructor(unit: Unit, port: UnitRunnerPort, kept: Kept | null) {
    this.#unit = unit;
    this.#port = port;
    this.#commands = new ControlCommands(unit, port, {
      name: 'Control process',
      timeoutUsec: () => this.#settings?.TimeoutSec ?? Number.POSITIVE_INFINITY,
      timedOut: () => 'Control process timed out. Killing.',
      changed: () => this.#set({ running: this.#commands.running }),
    });
    if (kept !== null) this.#state = kept;
  }

  get result(): UnitResult {
    return this.#state.result;
  }

  get facts(): SocketFacts {
    const { accepted, refused, connections } = this.#state;
    return { type: 'socket', accepted, refused, connections: connections.length };
  }

  get #settings(): SocketSettings | null {
    return this.#unit.config.settings.Socket;
  }

  get #sub(): Sub {
    return this.#unit.sub as Sub;
  }

  get #service(): Unit | undefined {
    return [...this.#unit.related(['Triggers'])][0];
  }

  #set(changes: Partial<Kept>): void {
    this.#state = { ...this.#state, ...changes };
    this.#port.keep(this.#unit);
  }

  #enter(sub: Sub): void {
    if (sub !== 'listening') this.#unwatch();
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  // --- up -------------------------------------------------------------------------------------------------------

  start(): Attempt {
    if (this.#unit.active === 'activating') return 'on-it';
    if (this.#unit.active === 'deactivating') return 'not-yet';
    if (this.#settings?.Accept === false && !this.#isServiceFree()) return 'failed';
    this.#unit.invocationId = this.#port.newId();
    this.#set({ result: 'success', accepted: 0, refused: 0 });
    this.#port.world.begin(this.#unit);
    if (this.#unit.config.settings.ExecStartPre.length > 0) this.#enter('start-pre');
    this.#commands.run('ExecStartPre', (result) => {
      if (result === 'success') this.#open();
      else this.#stopPost(result);
    });
    return 'begun';
  }

  #isServiceFree(): boolean {
    const service = this.#service;
    const say = (text: string): false => {
      this.#port.log(this.#unit, 3, text);
      return false;
    };
    if (service?.config.load !== 'loaded') return say(`Socket service ${service?.id ?? ''} not loaded, refusing.`);
    return SERVICE_OVER.test(service.sub) || say(`Socket service ${service.id} already active, refusing.`);
  }

  #open(): void {
    const settings = this.#settings;
    if (settings === null) return;
    try {
      for (const [i, listen] of settings.listen.entries()) {
        if (this.#state.fds[i] !== undefined) continue;
        const opening = { sys: this.#port.sys, settings, warn: (text: string) => this.#port.log(this.#unit, 4, text) };
        const fd = this.#try(formatPlace(listen.place), () => openListen(opening, listen));
        this.#port.holdOpen(fd);
        this.#set({ fds: [...this.#state.fds, fd] });
      }
      this.#link(settings);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#port.log(this.#unit, 4, `Failed to listen on sockets: ${errorText(error.code)}`);
      this.#stopPre('resources');
      return;
    }
    if (settings.SocketUser === '' && settings.SocketGroup === '') {
      this.#startPost();
      return;
    }
    // Another moment: systemd has a process for it.
    this.#enter('start-chown');
    this.#port.loop.defer(() => {
      if (this.#sub === 'start-chown') this.#chown(settings);
    });
  }

  #try(what: string, open: () => Fd): Fd {
    try {
      return open();
    } catch (error) {
      if (error instanceof SysError)
        this.#port.log(this.#unit, 3, `Failed to create listening socket (${what}): ${errorText(error.code)}`);
      throw error;
    }
  }

  #paths(settings: SocketSettings): string[] {
    return settings.listen.flatMap(({ place }) =>
      place.family === 'unix' && place.path.startsWith('/') ? [place.path] : [],
    );
  }

  #link(settings: SocketSettings): void {
    const { sys } = this.#port;
    const [path = ''] = this.#paths(settings);
    for (const link of settings.Symlinks) {
      makeParents(sys, link, settings.DirectoryMode);
      try {
        sys.symlink(path, link);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        this.#port.log(this.#unit, 4, `Failed to create symlink ${path} → ${link}, ignoring: ${errorText(error.code)}`);
      }
    }
  }

  #chown(settings: SocketSettings): void {
    const { SocketUser, SocketGroup } = settings;
    const user = SocketUser === '' ? null : this.#port.accounts.user(SocketUser);
    const group = SocketGroup === '' ? null : this.#port.accounts.group(SocketGroup);
    const missing = SocketUser !== '' && user === null ? 'user' : SocketGroup !== '' && group === null ? 'group' : null;
    if (missing !== null) {
      const name = missing === 'user' ? SocketUser : SocketGroup;
      this.#port.log(this.#unit, 3, `Failed to resolve ${missing} ${name}: ${errorText('ESRCH')}`);
      const status = missing === 'user' ? '217/USER' : '216/GROUP';
      this.#port.log(this.#unit, 5, `Control process exited, code=exited, status=${status}`);
      this.#stopPre('exit-code');
      return;
    }
    for (const path of this.#paths(settings)) this.#port.sys.chown(path, user?.uid ?? -1, group ?? user?.gid ?? -1);
    this.#startPost();
  }

  #startPost(): void {
    if (this.#unit.config.settings.ExecStartPost.length > 0) this.#enter('start-post');
    this.#commands.run('ExecStartPost', (result) => {
      if (result === 'success') this.#listen();
      else this.#stopPre(result);
    });
  }

  #listen(): void {
    this.#watch();
    this.#enter('listening');
  }

  #watch(): void {
    this.#unwatch();
    const settings = this.#settings;
    if (settings === null) return;
    if (!settings.Accept && settings.FlushPending) for (const fd of this.#state.fds) this.#flush(fd);
    for (const [i, fd] of this.#state.fds.entries()) {
      this.#port.sys.setNonBlocking(fd, true);
      const kind = settings.listen[i]?.kind ?? 'Stream';
      const takes = settings.Accept && (kind === 'Stream' || kind === 'SequentialPacket');
      this.#watches.push(this.#port.loop.watch(fd, 'in', () => this.#arrived(fd, takes)));
    }
  }

  #unwatch(): void {
    for (const watch of this.#watches.splice(0)) watch.stop();
  }

  /** What waits is thrown away. */
  #flush(fd: Fd): void {
    const { sys } = this.#port;
    const bytes = new Uint8Array(4096);
    for (let count = 0; count < 1024; count++) {
      const connection = sys.attempt('accept4', fd, 0, 0, 0);
      if (connection >= 0) sys.close(connection);
      else if (sys.attempt('read', fd, bytes, bytes.length) <= 0) return;
    }
  }

  // --- what comes in --------------------------------------------------------------------------------------------

  #arrived(fd: Fd, takes: boolean): void {
    const settings = this.#settings;
    if (this.#sub !== 'listening' || settings === null) return;
    let connection: Fd | null = null;
    if (takes) {
      connection = this.#port.sys.accept(fd);
      if (connection === null) return;
    }
    const burst = settings.TriggerLimitBurst;
    const most = burst >= 0 ? burst : settings.Accept ? TRIGGERS_MAX.accepting : TRIGGERS_MAX.other;
    const now = this.#port.now().monotonicUsec;
    if (this.#unit.job?.type === 'stop') {
      if (connection === null) for (const one of this.#state.fds) this.#flush(one);
      else this.#port.sys.close(connection);
    } else if (!this.#triggers.allows(now, settings.TriggerLimitIntervalSec, most)) {
      if (connection !== null) this.#port.sys.close(connection);
      this.#port.log(this.#unit, 4, 'Trigger limit hit, refusing further activation.');
      this.#stopPre('trigger-limit-hit');
    } else if (connection === null) this.#activate();
    else this.#hand(connection, settings);
  }

  #activate(): void {
    const service = this.#service;
    if (service !== undefined && (service.isUpOrComing || service.job?.type === 'start')) {
      this.#enter('running');
      return;
    }
    const error =
      service === undefined
        ? { message: 'Unit vanished.' }
        : this.#port.trigger(service, [`TRIGGER_UNIT=${this.#unit.id}`]);
    if (error !== null) {
      this.#port.log(this.#unit, 4, `Failed to queue service startup job: ${error.message}`);
      this.#stopPre('resources');
      return;
    }
    this.#enter('running');
  }

  #hand(fd: Fd, settings: SocketSettings): void {
    const { connections, accepted, refused } = this.#state;
    const found = describeConnection(this.#port.sys, fd, accepted);
    const refuse = (why: string): void => {
      this.#port.sys.close(fd);
      this.#set({ refused: refused + 1 });
      this.#port.log(this.#unit, 4, why);
    };
    if (found === null) {
      this.#port.sys.close(fd);
      return;
    }
    if (connections.length >= settings.MaxConnections) {
      refuse(`Too many incoming connections (${connections.length}), dropping connection.`);
      return;
    }
    const same = connections.filter(({ source }) => source === found.source).length;
    if (settings.MaxConnectionsPerSource > 0 && found.source !== '' && same >= settings.MaxConnectionsPerSource) {
      refuse(`Too many incoming connections (${same}) from source ${found.source}, dropping connection.`);
      return;
    }
    const service = this.#port.unitOf(`${prefixOf(this.#unit.id)}@${found.instance}.service`);
    this.#port.link(this.#unit, 'Triggers', service);
    this.#port.link(this.#unit, 'Before', service);
    service.peer = found.peer;
    this.#port.holdOpen(fd);
    this.#set({ accepted: accepted + 1, connections: [...connections, { ...found, unit: service.id }] });
    const error = this.#port.trigger(service, [`TRIGGER_UNIT=${this.#unit.id}`]);
    if (error === null) return;
    this.#port.log(this.#unit, 4, `Failed to queue service startup job: ${error.message}`);
    this.#dropConnections((one) => one.fd === fd);
    this.#stopPre('resources');
  }

  #dropConnections(which: (connection: Connection) => boolean): void {
    const gone = this.#state.connections.filter(which);
    if (gone.length === 0) return;
    for (const { fd } of gone) this.#close(fd);
    this.#set({ connections: this.#state.connections.filter((one) => !gone.includes(one)) });
  }

  #close(fd: Fd): void {
    this.#port.letGo(fd);
    this.#port.sys.close(fd);
  }

  passedTo(service: Unit): Passed | null {
    const settings = this.#settings;
    if (settings === null) return null;
    const connection = this.#state.connections.find(({ unit }) => unit === service.id);
    if (connection !== undefined)
      return { fds: [{ name: 'connection', fd: connection.fd }], environment: connection.environment };
    if (settings.Accept) return null;
    const name = settings.FileDescriptorName || this.#unit.id;
    return { fds: this.#state.fds.map((fd) => ({ name, fd })), environment: [] };
  }

  triggered(service: Unit): void {
    if (this.#settings?.Accept === true) {
      if (service.isDown && service.job === null) this.#dropConnections(({ unit }) => unit === service.id);
      return;
    }
    if (this.#sub !== 'running' && this.#sub !== 'listening') return;
    if (service.startLimitHit) {
      this.#stopPre('service-start-limit-hit');
      return;
    }
    if (service.job !== null) return;
    if (SERVICE_OVER.test(service.sub)) {
      if (this.#sub === 'running') this.#listen();
    } else if (service.sub === 'running' && this.#sub !== 'running') this.#enter('running');
  }

  // --- down -----------------------------------------------------------------------------------------------------

  refuse(result: UnitResult): void {
    this.#dead(result);
  }

  stop(): Attempt {
    if (this.#sub.startsWith('stop')) return 'on-it';
    if (this.#commands.running === null) {
      this.#stopPre('success');
      return 'begun';
    }
    this.#commands.stop();
    return 'on-it';
  }

  #fail(result: UnitResult): void {
    if (this.#state.result === 'success') this.#set({ result });
  }

  #stopPre(result: UnitResult): void {
    this.#fail(result);
    this.#unwatch();
    if (this.#unit.config.settings.ExecStop.length > 0) this.#enter('stop-pre');
    this.#commands.run('ExecStop', (ended) => this.#stopPost(ended));
  }

  #stopPost(result: UnitResult): void {
    this.#fail(result);
    this.#closeAll();
    if (this.#unit.config.settings.ExecStopPost.length > 0) this.#enter('stop-post');
    this.#commands.run('ExecStopPost', (ended) => this.#dead(ended));
  }

  #closeAll(): void {
    this.#unwatch();
    for (const fd of this.#state.fds) this.#close(fd);
    this.#set({ fds: [] });
    const settings = this.#settings;
    if (settings?.RemoveOnStop !== true) return;
    for (const path of [...this.#paths(settings), ...settings.Symlinks]) {
      try {
        this.#port.sys.unlink(path);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
      }
    }
  }

  #dead(result: UnitResult): void {
    this.#fail(result);
    const failed = this.#state.result !== 'success';
    if (failed) this.#port.log(this.#unit, 4, `Failed with result '${this.#state.result}'.`);
    else this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#enter(failed ? 'failed' : 'dead');
  }

  resetFailed(): void {
    this.#set({ result: 'success' });
  }

  exited(status: WaitStatus): void {
    this.#commands.exited(status);
  }

  // --- files read anew, PID 1 executed anew -----------------------------------------------------------------------

  /** Connections are known by their units alone: their relation to this one is of no file. */
  reloaded(): void {
    for (const { unit } of this.#state.connections) {
      this.#port.link(this.#unit, 'Triggers', this.#port.unitOf(unit));
      this.#port.link(this.#unit, 'Before', this.#port.unitOf(unit));
    }
  }

  keep(): Kept {
    return this.#state;
  }

  resume(): void {
    const open = this.#state.fds.filter((fd) => this.#port.isInherited(fd));
    const connections = this.#state.connections.filter(({ fd }) => this.#port.isInherited(fd));
    for (const fd of [...open, ...connections.map(({ fd }) => fd)]) this.#port.holdOpen(fd);
    this.#set({ fds: open, connections });
    this.reloaded();
    const { running } = this.#state;
    switch (this.#sub) {
      case 'listening':
        this.#watch();
        break;
      case 'running':
        if (this.#service !== undefined) this.triggered(this.#service);
        break;
      case 'start-pre':
        this.#resumeCommands(running, (result) => (result === 'success' ? this.#open() : this.#stopPost(result)));
        break;
      case 'start-chown':
        if (this.#settings !== null) this.#chown(this.#settings);
        break;
      case 'start-post':
        this.#resumeCommands(running, (result) => (result === 'success' ? this.#listen() : this.#stopPre(result)));
        break;
      case 'stop-pre':
        this.#resumeCommands(running, (result) => this.#stopPost(result));
        break;
      case 'stop-post':
        this.#resumeCommands(running, (result) => this.#dead(result));
        break;
      default:
        break;
    }
  }

  #resumeCommands(running: Running | null, done: (result: UnitResult) => void): void {
    if (running === null) done('success');
    else this.#commands.resume(running, done);
  }

  dispose(): void {
    this.#commands.dispose();
    this.#unwatch();
    for (const fd of this.#state.fds) this.#close(fd);
    this.#dropConnections(() => true);
  }
}

/** @param kept of the image of PID 1 before this one */
export function makeSocket(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner {
  return new SocketRunner(unit, port, kept as Kept | null);
}
