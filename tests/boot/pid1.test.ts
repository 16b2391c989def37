/** lohar as PID 1 of a real machine: what it sets up, what it survives, how it sleeps and ends. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { labMachine, shell } from '../engine/lab.ts';
import { until } from '../until.ts';

const ID = 'pid1';
/** Agent, service manager and journal together; what rarely runs is not read (tools/lohar/parts.ts). */
const RESIDENT_KIB_MAX = 4096;

const { engine, output, consoleText } = labMachine(ID);

const rows: readonly (readonly [name: string, script: string, expected: string])[] = [
  ['PID 1 is lohar', 'cat /proc/1/comm; tr "\\0" " " </proc/1/cmdline', 'lohar\n/usr/local/bin/lohar'],
  [
    'the file systems that programs expect are mounted',
    'for at in /proc /sys /dev /dev/pts /dev/shm /run /run/lock /tmp /sys/fs/cgroup; do stat -f -c %T $at; done | tr "\\n" " "',
    'proc sysfs tmpfs devpts tmpfs tmpfs tmpfs tmpfs cgroup2fs',
  ],
  ['the root is writable', 'touch /x && rm /x && echo yes', 'yes'],
  [
    'limits bite in every cgroup',
    'cat /sys/fs/cgroup/cgroup.subtree_control | tr " " "\\n" | grep -cE "^(cpu|memory|io|pids)$"',
    '4',
  ],
  ['the links of /dev are there', 'readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr | wc -l', '4'],
  ['FUSE is for everybody', 'stat -c %a /dev/fuse', '666'],
  ['sd_booted() takes the systemd way', 'test -d /run/systemd/system && echo yes', 'yes'],
  ['loopback is up', 'cat /sys/class/net/lo/flags', '0x9'],
  ['descriptors 0 to 2 of PID 1 are the console', 'readlink /proc/1/fd/0 /proc/1/fd/2 | uniq', '/dev/console'],
  ['the host name is also in /etc', 'cat /etc/hostname; getent hosts 127.0.1.1', `${ID}\n127.0.1.1       ${ID}`],
];
for (const [name, script, expected] of rows) test(name, async () => assert.equal(await output(script), expected));

test('200 orphans leave no zombie', async () => {
  const script = 'i=0; while [ $i -lt 200 ]; do (: &); i=$((i+1)); done; sleep 0.2';
  await output(script);
  const zombies = () => output('grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l');
  await until('no zombie is left', async () => (await zombies()) === '0');
});

test('idle, PID 1 is hardly ever scheduled and stays small', async () => {
  const read = 'grep -hE "ctxt_switches|VmRSS" /proc/1/status | tr -dc "0-9\\n"';
  const numbers = (await output(`${read}; sleep 5; ${read}`)).split('\n').map(Number);
  const [, before = 0, beforeToo = 0, resident = 0, later = 0, laterToo = 0] = numbers;
  assert.ok(resident <= RESIDENT_KIB_MAX, `${resident} KiB are resident`);
  // The shell's own start and end are told to PID 1 meanwhile.
  const woken = later + laterToo - before - beforeToo;
  assert.ok(woken <= 12, `${woken} context switches in 5 s`);
});

test('after each fatal signal PID 1 is there again, with its children', async () => {
  await output('setsid sleep 1000 >/dev/null 2>&1 & echo $! > /run/survivor');
  for (const signal of ['SEGV', 'BUS', 'ILL', 'FPE', 'ABRT']) {
    const agent = await engine().agent(ID);
    await shell(agent, `kill -${signal} 1`).catch(() => undefined);
    const answer = 'cat /proc/1/comm; ps -o ppid=,comm= -p "$(cat /run/survivor)" | xargs';
    await until(`it is back after ${signal}`, async () => (await output(answer).catch(() => '')) === 'lohar\n1 sleep');
  }
  assert.match(consoleText(), /executed again after signal 6/);
});

test('SIGINT, as Ctrl+Alt+Del sends it, restarts the machine; its disk is clean', async () => {
  await output('dd if=/dev/zero of=/written bs=64k count=16 2>/dev/null');
  await shell(await engine().agent(ID), 'kill -INT 1').catch(() => undefined);
  await until('the machine has ended', async () => (await engine().status(ID)).state !== 'running');
  const text = consoleText();
  assert.match(text, /lohar: Rebooting\.\s+(\[.*\] reboot: Restarting system)/);
  assert.doesNotMatch(text, /still in use/);
});
