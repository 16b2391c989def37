/** Who wrote a message: what /proc tells of a process, as fields with systemd's names. */
import type { Credentials, Sys } from '@bhatti/runtime/sys.ts';
import { cgroupPath, unitOfCgroup } from './cgroup-unit.ts';
import { quoteCommandLine, splitCommandLine } from './command-line.ts';
import type { Sender } from './compose.ts';
import type { Fields } from './record.ts';

export type FactsSys = Pick<Sys, 'readFile' | 'readlink' | 'monotonicMs' | 'decode'>;

/** Bytes of a command line that are kept; the kernel allows 2 MiB. */
const COMMAND_LINE_MAX = 64 * 1024;
/** Of the other files under /proc/PID. */
const SMALL_MAX = 16 * 1024;
/** A process may have executed another program since: facts older than this are read again. */
const FRESH_MS = 1000;
/** Processes whose facts are kept. */
const PROCESSES_MAX = 256;

/** A sender with the unit that its control group says. */
export interface ProcessSender extends Sender {
  readonly unit: string;
}

/** What is known without asking /proc: the credentials of the message and the stream it came through. */
export interface Origin {
  readonly transport: string;
  readonly facility: number;
  /** Of a service's stdout: its unit, in case the process is gone before it is looked at. */
  readonly unit?: string;
  readonly slice?: string;
  readonly cgroup?: string;
  readonly streamId?: string;
}

interface Facts {
  readonly fields: Fields;
  readonly cgroup: string;
  readonly atMs: number;
}

export class SenderFacts {
  readonly #sys: FactsSys;
  readonly #invocationOf: (unit: string) => string;
  readonly #facts = new Map<number, Facts>();
  /** By their text: a sender is the same object as long as nothing about it changes. */
  readonly #senders = new Map<string, ProcessSender>();

  /** @param invocationOf the id of the unit's current run, '' when there is none */
  constructor(sys: FactsSys, invocationOf: (unit: string) => string) {
    this.#sys = sys;
    this.#invocationOf = invocationOf;
  }

  of(credentials: Credentials | undefined, origin: Origin): ProcessSender {
    const facts = credentials === undefined ? NOBODY : this.#read(credentials);
    const cgroup = facts.cgroup || origin.cgroup || '';
    const found = unitOfCgroup(cgroup);
    const unit = found.unit || origin.unit || '';
    const fields: [string, string][] = [['_TRANSPORT', origin.transport]];
    const add = (name: string, value: string) => value !== '' && fields.push([name, value]);
    if (origin.facility > 0) add('SYSLOG_FACILITY', String(origin.facility));
    add('_SYSTEMD_SLICE', facts.cgroup === '' ? (origin.slice ?? '') : found.slice);
    for (const [name, value] of facts.fields) add(name, value);
    add('_STREAM_ID', origin.streamId ?? '');
    add('_SYSTEMD_CGROUP', cgroup);
    add('_SYSTEMD_UNIT', unit);
    add('_SYSTEMD_INVOCATION_ID', unit === '' ? '' : this.#invocationOf(unit));
    return this.#same(fields, unit);
  }

  #same(fields: Fields, unit: string): ProcessSender {
    const text = fields.map((field) => field.join('=')).join('\n');
    let sender = this.#senders.get(text);
    if (sender === undefined) {
      if (this.#senders.size >= PROCESSES_MAX) this.#senders.clear();
      sender = { fields, unit };
      this.#senders.set(text, sender);
    }
    return sender;
  }

  #read(of: Credentials): Facts {
    const now = this.#sys.monotonicMs();
    const known = this.#facts.get(of.pid);
    if (known !== undefined && now - known.atMs < FRESH_MS) return known;
    const basic: [string, string][] = [
      ['_UID', String(of.uid)],
      ['_GID', String(of.gid)],
    ];
    const folder = `/proc/${of.pid}`;
    const cgroup = cgroupPath(this.#file(`${folder}/cgroup`, SMALL_MAX));
    // Gone already: what was known of it is better than nothing.
    if (cgroup === '' && known !== undefined) return { ...known, atMs: now };
    const status = this.#file(`${folder}/status`, SMALL_MAX);
    const argv = splitCommandLine(this.#file(`${folder}/cmdline`, COMMAND_LINE_MAX));
    basic.push(
      ['_CAP_EFFECTIVE', /^CapEff:\s*0*([0-9a-f]+)$/m.exec(status)?.[1] ?? ''],
      ['_EXE', this.#link(`${folder}/exe`)],
      ['_COMM', this.#file(`${folder}/comm`, SMALL_MAX).replace(/\n$/, '')],
      ['_CMDLINE', quoteCommandLine(argv)],
    );
    const facts = { fields: basic, cgroup, atMs: now };
    if (this.#facts.size >= PROCESSES_MAX) this.#facts.clear();
    this.#facts.set(of.pid, facts);
    return facts;
  }

  #file(path: string, limit: number): string {
    try {
      return this.#sys.decode(this.#sys.readFile(path, limit));
    } catch {
      return '';
    }
  }

  #link(path: string): string {
    try {
      return this.#sys.readlink(path);
    } catch {
      return '';
    }
  }
}

const NOBODY: Facts = { fields: [], cgroup: '', atMs: 0 };
