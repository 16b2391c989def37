import assert from 'node:assert/strict';
import test from 'node:test';
import { SenderFacts } from './sender-facts.ts';

class Proc {
  now = 0;
  reads = 0;
  readonly files = new Map<string, string>([
    ['/proc/7/cgroup', '0::/system.slice/a.service\n'],
    ['/proc/7/status', 'Name:\tsh\nCapEff:\t000001ffffffffff\n'],
    ['/proc/7/cmdline', '/bin/sh\0-c\0echo $x\0'],
    ['/proc/7/comm', 'sh\n'],
  ]);
  readFile(path: string): Uint8Array {
    this.reads++;
    const content = this.files.get(path);
    if (content === undefined) throw new Error(path);
    return new TextEncoder().encode(content);
  }
  readlink(path: string): string {
    if (path !== '/proc/7/exe') throw new Error(path);
    return '/usr/bin/dash';
  }
  monotonicMs(): number {
    return this.now;
  }
  decode(bytes: Uint8Array): string {
    return new TextDecoder().decode(bytes);
  }
}
const someone = { pid: 7, uid: 1, gid: 2, groups: [] };

test('a process in a unit', () => {
  const facts = new SenderFacts(new Proc(), (unit) => `run of ${unit}`);
  const sender = facts.of(someone, { transport: 'syslog', facility: 3 });
  assert.equal(sender.unit, 'a.service');
  assert.deepEqual(sender.fields, [
    ['_TRANSPORT', 'syslog'],
    ['SYSLOG_FACILITY', '3'],
    ['_SYSTEMD_SLICE', 'system.slice'],
    ['_UID', '1'],
    ['_GID', '2'],
    ['_CAP_EFFECTIVE', '1ffffffffff'],
    ['_EXE', '/usr/bin/dash'],
    ['_COMM', 'sh'],
    ['_CMDLINE', '/bin/sh -c "echo \\$x"'],
    ['_SYSTEMD_CGROUP', '/system.slice/a.service'],
    ['_SYSTEMD_UNIT', 'a.service'],
    ['_SYSTEMD_INVOCATION_ID', 'run of a.service'],
  ]);
});

test('the same sender is the same object, and /proc is asked once a second', () => {
  const proc = new Proc();
  const facts = new SenderFacts(proc, () => '');
  const origin = { transport: 'stdout', facility: 3 };
  const first = facts.of(someone, origin);
  const reads = proc.reads;
  assert.equal(facts.of(someone, origin), first);
  assert.equal(proc.reads, reads);
  proc.now = 1500;
  assert.equal(facts.of(someone, origin), first);
  assert.ok(proc.reads > reads);
  proc.files.set('/proc/7/comm', 'sleep\n');
  proc.now = 3000;
  assert.notEqual(facts.of(someone, origin), first);
});

test('a process that is gone keeps what was known, and its stream tells the unit', () => {
  const proc = new Proc();
  const facts = new SenderFacts(proc, () => '');
  const known = facts.of(someone, { transport: 'stdout', facility: 3 });
  proc.files.clear();
  proc.now = 5000;
  assert.equal(facts.of(someone, { transport: 'stdout', facility: 3 }), known);
  const stranger = facts.of(
    { ...someone, pid: 8 },
    { transport: 'stdout', facility: 3, unit: 'b.service', slice: 's.slice' },
  );
  assert.deepEqual(
    [stranger.unit, stranger.fields.find(([name]) => name === '_SYSTEMD_SLICE')?.[1]],
    ['b.service', 's.slice'],
  );
});
