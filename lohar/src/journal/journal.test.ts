import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Credentials, type Fd, type Loop, SysError, type Timer, type Watch } from '@bhatti/runtime/sys.ts';
import { MemoryKept } from '../kept/memory-kept.test.ts';
import { FileReader } from './file-reader.ts';
import { OpenFile } from './folder.ts';
import { Journal, type JournalOptions, type JournalSys } from './journal.ts';
import { JournalKeeper } from './journal-keeper.ts';
import { NodeFiles, temporaryFolder } from './node-files.test.ts';
import type { StreamOrigin } from './sink.ts';
import { decodeBytes, encodeBytes } from './text.ts';

type Packet = { bytes: Uint8Array; from?: Credentials; fds?: Fd[] } | 'end';

/** Descriptors from 1000 up are queues in memory; files are real, in a folder of the test's own. */
class Machine extends NodeFiles implements JournalSys, Loop {
  onClockSet = () => () => {};
  readonly queues = new Map<Fd, Packet[]>();
  readonly watches = new Map<Fd, () => void>();
  readonly closed: Fd[] = [];
  readonly listening = new Map<string, Fd>();
  readonly proc = new Map<string, string>();
  readonly waiting: Fd[] = [];
  /** What a syslog daemon was sent; null when there is none. */
  syslogd: string[] | null = null;
  kernel: Fd = -1;
  #deferred: (() => void)[] = [];
  #next = 1000;
  readonly folder: string;

  constructor(folder: string) {
    super();
    this.folder = folder;
  }
  #path(path: string): string {
    return path.replace('/var/log/bhatti', this.folder);
  }
  override open(path: string, flags: number, mode?: number): Fd {
    if (path !== '/dev/kmsg') return super.open(this.#path(path), flags, mode);
    this.kernel = this.#queue();
    return this.kernel;
  }
  override mkdir(path: string, mode: number): void {
    if (path.startsWith('/var')) super.mkdir(this.#path(path), mode);
  }
  override chmod(path: string, mode: number): void {
    super.chmod(this.#path(path), mode);
  }
  override lstat(path: string) {
    return super.lstat(this.#path(path));
  }
  override readdir(path: string) {
    return super.readdir(this.#path(path));
  }
  override rename(from: string, to: string): void {
    super.rename(this.#path(from), this.#path(to));
  }
  override unlink(path: string): void {
    if (path.startsWith('/var')) super.unlink(this.#path(path));
  }
  override close(fd: Fd): void {
    if (fd < 1000) super.close(fd);
    else this.closed.push(fd);
  }
  symlink(): void {}
  decode(bytes: Uint8Array): string {
    return decodeBytes(bytes);
  }
  access(): boolean {
    return this.syslogd !== null;
  }
  connectUnix(): Fd {
    return this.#queue();
  }
  send(_fd: Fd, bytes: Uint8Array): number {
    return this.syslogd?.push(decodeBytes(bytes)) ?? 0;
  }
  encode(text: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(encodeBytes(text));
  }
  realtimeMs(): number {
    return 1_795_442_905_525.408;
  }
  readFile(path: string): Uint8Array {
    const content = this.proc.get(path);
    if (content === undefined) throw new SysError(`open ${path}`, 2, 'ENOENT');
    return new TextEncoder().encode(content);
  }
  readlink(path: string): string {
    throw new SysError(`readlink ${path}`, 2, 'ENOENT');
  }
  #queue(): Fd {
    const fd = this.#next++;
    this.queues.set(fd, []);
    return fd;
  }
  socketpair(): [Fd, Fd] {
    return [this.#queue(), this.#queue()];
  }
  setNonBlocking(): void {}
  setPassCredentials(): void {}
  shutdownWrite(): void {}
  listenUnix(path: string): Fd {
    const fd = this.#queue();
    this.listening.set(path, fd);
    return fd;
  }
  accept(): Fd | null {
    return this.waiting.shift() ?? null;
  }
  random(size: number): Uint8Array {
    return new Uint8Array(size).fill(0xab);
  }
  receive(fd: Fd, into: Uint8Array, { peek = false } = {}): ReturnType<JournalSys['receive']> {
    const queue = this.queues.get(fd);
    const packet = peek ? queue?.[0] : queue?.shift();
    if (packet === undefined) return null;
    if (packet === 'end') return { size: 0, truncated: false, fds: [] };
    into.set(packet.bytes);
    const { from } = packet;
    return {
      size: packet.bytes.length,
      truncated: false,
      fds: packet.fds ?? [],
      ...(from === undefined ? {} : { credentials: from }),
    };
  }
  read(fd: Fd, into: Uint8Array): number {
    const packet = this.queues.get(fd)?.shift();
    if (packet === undefined || packet === 'end') return -1;
    const part = packet.bytes.subarray(0, into.length);
    into.set(part);
    return part.length;
  }
  watch(fd: Fd, _interest: string, on: (ready: { in: boolean; out: boolean; hangup: boolean }) => void): Watch {
    this.watches.set(fd, () => on({ in: true, out: false, hangup: false }));
    return { set() {}, stop: () => this.watches.delete(fd) };
  }
  after(_ms: number, run: () => void): Timer {
    this.#deferred.push(run);
    return { cancel() {} };
  }
  at(): Timer {
    return { cancel() {} };
  }
  defer(run: () => void): void {
    this.#deferred.push(run);
  }
  onExit(): void {}
  onReap(): void {}
  onSignal(): void {}

  put(fd: Fd, text: string | Uint8Array, also: { pid?: number; fds?: Fd[] } = {}): void {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const from = { pid: also.pid ?? 7, uid: 0, gid: 0, groups: [] };
    this.queues.get(fd)?.push({ bytes, from, fds: also.fds ?? [] });
  }
  /** Turns of the loop until nothing is left. */
  run(): void {
    for (let turn = 0; turn < 100; turn++) {
      for (const [fd, on] of this.watches) if ((this.queues.get(fd)?.length ?? 0) > 0 || this.waiting.length > 0) on();
      const due = this.#deferred;
      this.#deferred = [];
      for (const run of due) run();
    }
  }
  /** `identifier[pid] priority message`, with the asked fields. */
  entries(name: string, ...fields: string[]): string[] {
    const file = new OpenFile(this, `/var/log/bhatti/${name}.log`);
    const found = [...new FileReader(file).forward()].map((entry) => {
      const { identifier, pid } = entry.sender;
      const asked = fields.map((field) => ` ${field}=${entry.get(field) ?? ''}`).join('');
      return `${identifier}[${pid}] ${entry.record.priority} ${entry.message}${asked}`;
    });
    file.close();
    return found;
  }
}

const origin: StreamOrigin = {
  unit: 'a.service',
  identifier: 'sh',
  priority: 6,
  facility: 3,
  levelPrefix: true,
  levelMax: 7,
  invocationId: 'run1',
  slice: 'system.slice',
  cgroup: '/system.slice/a.service',
};

function setUp(t: TestContext, options: Partial<JournalOptions> = {}) {
  const machine = new Machine(`${temporaryFolder((run) => t.after(run))}/journal`);
  const kept = new MemoryKept();
  const journal = new Journal(machine, machine, {
    base: [['_BOOT_ID', 'b']],
    invocationOf: (unit) => `run of ${unit}`,
    keeper: new JournalKeeper(kept),
    ...options,
  });
  return { machine, journal, kept };
}

test('output of a service: lines, level prefixes, writers, and what no line feed ended', (t) => {
  const { machine, journal } = setUp(t);
  const theirs = journal.open(origin);
  const ours = theirs - 1;
  machine.put(ours, 'one\n<3>two\n\n<7>three\nha');
  machine.put(ours, 'lf\nrest', { pid: 7 });
  machine.put(ours, 'other\nopen', { pid: 8 });
  machine.queues.get(ours)?.push('end');
  machine.run();
  assert.deepEqual(machine.entries('a.service', '_TRANSPORT', '_LINE_BREAK', '_SYSTEMD_UNIT'), [
    'sh[7] 6 one _TRANSPORT=stdout _LINE_BREAK= _SYSTEMD_UNIT=a.service',
    'sh[7] 3 two _TRANSPORT=stdout _LINE_BREAK= _SYSTEMD_UNIT=a.service',
    'sh[7] 7 three _TRANSPORT=stdout _LINE_BREAK= _SYSTEMD_UNIT=a.service',
    'sh[7] 6 half _TRANSPORT=stdout _LINE_BREAK= _SYSTEMD_UNIT=a.service',
    'sh[7] 6 rest _TRANSPORT=stdout _LINE_BREAK=pid-change _SYSTEMD_UNIT=a.service',
    'sh[8] 6 other _TRANSPORT=stdout _LINE_BREAK= _SYSTEMD_UNIT=a.service',
    'sh[8] 6 open _TRANSPORT=stdout _LINE_BREAK=eof _SYSTEMD_UNIT=a.service',
  ]);
  assert.ok(machine.closed.includes(ours));
});

test('LogLevelMax= drops, LogRateLimit= suppresses and says so', (t) => {
  const { machine, journal } = setUp(t);
  const ours = journal.open({ ...origin, levelMax: 4, rateLimit: { intervalMs: 1000, burst: 2 } }) - 1;
  machine.put(ours, 'info\n<4>1\n<4>2\n<4>3\n<4>4\n');
  machine.run();
  machine.now = 1500;
  machine.put(ours, '<4>5\n');
  machine.run();
  assert.deepEqual(machine.entries('a.service'), [
    'sh[7] 4 1',
    'sh[7] 4 2',
    'systemd[1] 6 Suppressed 2 messages from a.service',
    'sh[7] 4 5',
  ]);
});

test('PID 1 speaks in the file of the unit, and of no unit in the system file', (t) => {
  const { machine, journal } = setUp(t);
  journal.log({ priority: 6, message: 'Started a.service.', unit: 'a.service', invocationId: 'run1' });
  journal.log({ priority: 6, message: 'Reached target x.target.', unit: 'x.target', fields: { JOB_TYPE: 'start' } });
  journal.log({ priority: 6, message: 'hello' });
  machine.run();
  assert.deepEqual(machine.entries('a.service', 'UNIT', 'INVOCATION_ID', '_SYSTEMD_UNIT'), [
    'systemd[1] 6 Started a.service. UNIT=a.service INVOCATION_ID=run1 _SYSTEMD_UNIT=init.scope',
  ]);
  assert.deepEqual(machine.entries('system', 'UNIT', 'JOB_TYPE'), [
    'systemd[1] 6 Reached target x.target. UNIT=x.target JOB_TYPE=start',
    'systemd[1] 6 hello UNIT= JOB_TYPE=',
  ]);
});

test('syslog, native entries, a memfd and systemd-cat go where the sender’s control group says', (t) => {
  const { machine, journal } = setUp(t);
  machine.proc.set('/proc/7/cgroup', '0::/system.slice/b.service\n');
  machine.syslogd = [];
  journal.start();
  const fd = (path: string) => machine.listening.get(`/run/systemd/journal/${path}`) ?? -1;
  machine.put(fd('dev-log'), '<11>Nov 23 14:08:25 tag[99]: to syslog');
  machine.put(fd('socket'), 'MESSAGE=native\nPRIORITY=4\nSYSLOG_IDENTIFIER=nat\nMYFIELD=abc\n');
  const memfd = machine.open('/var/log/bhatti-memfd', 0o102);
  machine.write(memfd, new TextEncoder().encode(`MESSAGE=${'x'.repeat(300_000)}\n`));
  machine.put(fd('socket'), '', { fds: [memfd] });
  const client = 5000;
  machine.queues.set(client, []);
  machine.waiting.push(client);
  machine.run();
  machine.put(client, 'tcat\n\n5\n1\n0\n0\n0\nhello\n');
  machine.run();
  const all = machine.entries('b.service', '_TRANSPORT', 'MYFIELD', 'SYSLOG_PID');
  machine.unlink('/var/log/bhatti-memfd');
  assert.deepEqual(
    all.map((line) => line.replace(/x{300000}/, '300000x')),
    [
      'tag[7] 3 to syslog _TRANSPORT=syslog MYFIELD= SYSLOG_PID=99',
      'nat[7] 4 native _TRANSPORT=journal MYFIELD=abc SYSLOG_PID=',
      '[7] 6 300000x _TRANSPORT=journal MYFIELD= SYSLOG_PID=',
      'tcat[7] 5 hello _TRANSPORT=stdout MYFIELD= SYSLOG_PID=',
    ],
  );
  assert.deepEqual(
    machine.syslogd.map((line) =>
      line.replace(/[A-Z]\w\w [ \d]\d \d\d:\d\d:\d\d /, 'TIME ').replace(/x{300000}/, '300000x'),
    ),
    ['<11>TIME tag[99]: to syslog', '<12>TIME nat[7]: native', '<14>TIME 300000x', '<13>TIME tcat[7]: hello'],
  );
});

test('a client that speaks no header is cut off', (t) => {
  const { machine, journal, kept } = setUp(t);
  journal.start();
  machine.queues.set(5000, []);
  machine.waiting.push(5000);
  machine.run();
  machine.put(5000, 'GET / HTTP/1.0\n\nx\nx\nx\nx\nx\n');
  machine.run();
  assert.ok(machine.closed.includes(5000));
  assert.deepEqual([...kept.records.keys()], ['journal']);
});

test('kernel messages have the time at which the kernel spoke; lost ones are counted', (t) => {
  const { machine, journal } = setUp(t);
  machine.now = 100_000;
  journal.start();
  const kernel = machine.kernel;
  machine.put(kernel, '6,1,5000000,-;one\n');
  machine.put(kernel, '4,2,6000000,-;two\n');
  machine.put(kernel, '4,5,7000000,-;five\n');
  machine.run();
  assert.deepEqual(machine.entries('kernel', '_TRANSPORT'), [
    'kernel[0] 6 one _TRANSPORT=kernel',
    'kernel[0] 4 two _TRANSPORT=kernel',
    'kernel[0] 4 five _TRANSPORT=kernel',
  ]);
  assert.deepEqual(machine.entries('system'), ['systemd[1] 4 Missed 2 kernel messages']);
});

test('a re-executed PID 1 goes on where the last one was, half lines included', (t) => {
  const { machine, journal, kept } = setUp(t);
  journal.start();
  const ours = journal.open(origin) - 1;
  machine.put(ours, 'whole\nhal');
  machine.run();
  machine.watches.clear();
  const keeper = new JournalKeeper(new MemoryKept(kept));
  const next = new Journal(machine, machine, { base: [['_BOOT_ID', 'b']], invocationOf: () => '', keeper });
  next.start();
  machine.put(ours, 'f a line\n');
  machine.put(machine.listening.get('/run/systemd/journal/dev-log') ?? -1, '<14>t: x');
  machine.run();
  assert.deepEqual(machine.entries('a.service'), ['sh[7] 6 whole', 'sh[7] 6 half a line']);
  assert.deepEqual(machine.entries('system'), ['t[7] 6 x']);
});
