import assert from 'node:assert/strict';
import test from 'node:test';
import { type Fd, SysError } from '@bhatti/runtime/sys.ts';
import { UTC_RULES } from '../unit/calendar/zone-rules.ts';
import { type ForwardSys, SyslogForward } from './syslog-forward.ts';
import { syslogLine, syslogTime } from './syslog-line.ts';
import { decodeBytes, encodeBytes } from './text.ts';

test('a line as RFC 3164 has it', () => {
  const line = { facility: 3, priority: 6, identifier: 'nginx', pid: 812, message: 'hello' };
  const when = 'Nov  3 09:05:01';
  assert.equal(syslogLine(line, when), '<30>Nov  3 09:05:01 nginx[812]: hello');
  assert.equal(syslogLine({ ...line, pid: 0, facility: 0, priority: 3 }, when), '<11>Nov  3 09:05:01 nginx: hello');
  assert.equal(syslogLine({ ...line, identifier: '' }, when), '<30>Nov  3 09:05:01 hello');
  assert.equal(syslogTime(Date.UTC(2026, 10, 3, 9, 5, 1) * 1000, UTC_RULES), when);
  const berlin = { offset: () => 3600, name: () => 'CET' };
  assert.equal(syslogTime(Date.UTC(2026, 11, 31, 23, 0, 0) * 1000, berlin), 'Jan  1 00:00:00');
});

class Daemon implements ForwardSys {
  there = false;
  listens = false;
  looks = 0;
  readonly got: string[] = [];
  readonly open = new Set<Fd>();
  #next = 10;
  access(): boolean {
    this.looks++;
    return this.there;
  }
  connectUnix(): Fd {
    if (!this.listens) throw new SysError('connect', 111, 'ECONNREFUSED');
    this.open.add(this.#next);
    return this.#next++;
  }
  send(_fd: Fd, bytes: Uint8Array): number {
    if (!this.listens) throw new SysError('send', 111, 'ECONNREFUSED');
    return this.got.push(decodeBytes(bytes));
  }
  close(fd: Fd): void {
    this.open.delete(fd);
  }
  encode = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encodeBytes(text));
  readFile(): Uint8Array {
    throw new SysError('read', 2, 'ENOENT');
  }
}

test('a daemon that comes, goes and comes again', () => {
  const daemon = new Daemon();
  const forward = new SyslogForward(daemon);
  const pass = (text: string): void => forward.pass(encodeBytes(text));
  pass('a');
  pass('b');
  assert.equal(daemon.looks, 1); // once a turn, however much is logged
  daemon.there = true;
  forward.turnEnds();
  pass('c'); // a socket that nobody has open
  Object.assign(daemon, { listens: true });
  forward.turnEnds();
  pass('d');
  forward.say({ facility: 3, priority: 6, identifier: 'x', pid: 0, message: 'e' }, 0);
  daemon.listens = false;
  pass('f');
  assert.equal(daemon.open.size, 0);
  daemon.listens = true;
  forward.turnEnds();
  pass('g');
  assert.deepEqual(daemon.got, ['d', '<30>Jan  1 00:00:00 x: e', 'g']);
  assert.equal(daemon.open.size, 1);
});
