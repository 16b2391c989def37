/**
 * Where every message passes on its way to a file: it decides the file, stamps the time, and sees to it that what was
 * gathered is written at the end of the callback.
 */
import type { Credentials, Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { Sender } from './compose.ts';
import { journalKey, KERNEL_KEY } from './places.ts';
import type { Draft, Fields, Moment } from './record.ts';
import { type FactsSys, type Origin, SenderFacts } from './sender-facts.ts';
import { type ForwardSys, SyslogForward } from './syslog-forward.ts';
import { JournalWriter, type WriterSys } from './writer.ts';

export type IntakeSys = WriterSys & FactsSys & ForwardSys & Pick<Sys, 'realtimeMs'>;

/** Units and runs for which PID 1's own sender is kept. */
const OWN_SENDERS_MAX = 1024;
/** Priorities are bounded like this wherever a client names one. */
export const PRIORITY_DEFAULT = 6;

const FROM_KERNEL: Sender = { fields: [['_TRANSPORT', 'kernel']] };

export interface IntakeOptions {
  readonly folder: string;
  /** _BOOT_ID=, _MACHINE_ID=, _HOSTNAME= and the like: fields of every message. */
  readonly base: Fields;
  readonly invocationOf: (unit: string) => string;
}

export class Intake {
  readonly #sys: IntakeSys;
  readonly #loop: Pick<Loop, 'defer'>;
  readonly #facts: SenderFacts;
  readonly #own = new Map<string, Sender>();
  #willFlush = false;
  readonly writer: JournalWriter;
  readonly forward: SyslogForward;

  constructor(sys: IntakeSys, loop: Pick<Loop, 'defer'>, options: IntakeOptions) {
    this.#sys = sys;
    this.#loop = loop;
    this.#facts = new SenderFacts(sys, options.invocationOf);
    this.writer = new JournalWriter(sys, { folder: options.folder, base: options.base, now: () => this.now() });
    this.forward = new SyslogForward(sys);
  }

  now(): Moment {
    return {
      realtimeUs: Math.round(this.#sys.realtimeMs() * 1000),
      monotonicUs: Math.round(this.#sys.monotonicMs() * 1000),
    };
  }

  /** Lines of a service's output. */
  lines(from: Credentials | undefined, origin: Origin, of: Omit<Draft, 'message' | 'fields'>, lines: string[]): void {
    const sender = this.#facts.of(from, origin);
    const now = this.now();
    this.writer.lines(journalKey(origin.unit ?? sender.unit), sender, now, of, lines);
    const { facility } = origin;
    if (this.forward.isThere())
      for (const message of lines) this.forward.say({ ...of, facility, message }, now.realtimeUs);
    this.#flushSoon();
  }

  /** One message of a program. A datagram of syslog(3) goes on as it came: takeSyslog(). */
  message(from: Credentials | undefined, origin: Origin, draft: Draft): void {
    const sender = this.#facts.of(from, origin);
    const now = this.now();
    this.writer.message(journalKey(origin.unit ?? sender.unit), sender, now, draft);
    if (origin.transport !== 'syslog') this.forward.say({ ...draft, facility: origin.facility }, now.realtimeUs);
    this.#flushSoon();
  }

  kernel(draft: Draft, facility: number, monotonicUs: number): void {
    const now = this.now();
    // The kernel says when it spoke, by its own clock; what PID 1 reads at boot is seconds old.
    const at = { realtimeUs: now.realtimeUs - now.monotonicUs + monotonicUs, monotonicUs };
    this.writer.message(KERNEL_KEY, facility === 0 ? FROM_KERNEL : this.#kernelSender(facility), at, draft);
    this.#flushSoon();
  }

  /** PID 1's own words, in the file of the unit they are about. */
  own(draft: Omit<Draft, 'identifier' | 'pid'>, unit: string, invocationId: string): void {
    const sender = this.#ownSender(unit, invocationId);
    const now = this.now();
    const full = { ...draft, identifier: 'systemd', pid: 1 };
    this.writer.message(journalKey(unit), sender, now, full);
    this.forward.say({ ...full, facility: FACILITY_DAEMON }, now.realtimeUs);
    this.#flushSoon();
  }

  #ownSender(unit: string, invocationId: string): Sender {
    const name = `${unit}\n${invocationId}`;
    let sender = this.#own.get(name);
    if (sender === undefined) {
      if (this.#own.size >= OWN_SENDERS_MAX) this.#own.clear();
      const about: [string, string][] = [];
      if (unit !== '') about.push(['UNIT', unit]);
      if (invocationId !== '') about.push(['INVOCATION_ID', invocationId]);
      sender = { fields: [...OWN_FIELDS, ...about] };
      this.#own.set(name, sender);
    }
    return sender;
  }

  #kernelSender(facility: number): Sender {
    const name = `kernel ${facility}`;
    let sender = this.#own.get(name);
    if (sender === undefined) {
      sender = {
        fields: [
          ['_TRANSPORT', 'kernel'],
          ['SYSLOG_FACILITY', String(facility)],
        ],
      };
      this.#own.set(name, sender);
    }
    return sender;
  }

  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    this.#loop.defer(() => {
      this.#willFlush = false;
      this.forward.turnEnds();
      this.writer.flush();
    });
  }
}

const FACILITY_DAEMON = 3;
const OWN_FIELDS: Fields = [
  ['_TRANSPORT', 'journal'],
  ['SYSLOG_FACILITY', String(FACILITY_DAEMON)],
  ['_UID', '0'],
  ['_GID', '0'],
  ['_COMM', 'lohar'],
  ['_EXE', '/usr/local/bin/lohar'],
  ['_SYSTEMD_SLICE', '-.slice'],
  ['_SYSTEMD_CGROUP', '/init.scope'],
  ['_SYSTEMD_UNIT', 'init.scope'],
];
