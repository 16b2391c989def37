import assert from 'node:assert/strict';
import test from 'node:test';
import { kernelCommandLine, qemuArguments, type Wiring } from './arguments.ts';

const shape = { accelerator: 'tcg', cpus: 1, memoryMib: 512 } as const;
const wiring: Wiring = {
  memory: { descriptor: 3, shared: false },
  disk: [
    { descriptor: 4, format: 'raw' },
    { descriptor: 5, format: 'qcow2' },
    { descriptor: 6, format: 'qcow2' },
  ],
  monitor: 7,
  agent: 8,
  network: 'user',
  begin: { from: 'state', state: 9, standStill: false },
};
const line = (also: Partial<Wiring> = {}, of: typeof shape | { accelerator: 'kvm'; cpus: 2; memoryMib: 512 } = shape) =>
  qemuArguments(of, { ...wiring, ...also }).join(' ');

test('a fork of a template under tcg, whole', () =>
  assert.equal(
    line(),
    '-M microvm,acpi=off,pit=on,pic=on,rtc=on,memory-backend=ram -accel tcg,tb-size=64 -cpu max,-erms,-smap,-pku -m 512M -smp 1 ' +
      '-nodefaults -no-user-config -nographic -no-reboot ' +
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny ' +
      '-object memory-backend-file,id=ram,size=512M,mem-path=/proc/self/fd/3,share=off ' +
      '-chardev stdio,id=console,signal=off -serial chardev:console ' +
      '-chardev socket,id=monitor,fd=7,server=on,wait=off -mon chardev=monitor,mode=control ' +
      '-chardev socket,id=agent,fd=8,server=on,wait=on ' +
      '-device virtio-serial-device -device virtserialport,chardev=agent,name=bhatti.agent ' +
      '-add-fd fd=4,set=4 -blockdev driver=file,node-name=file0,filename=/dev/fdset/4,read-only=on ' +
      '-blockdev driver=raw,node-name=layer0,file=file0,read-only=on ' +
      '-add-fd fd=5,set=5 -blockdev driver=file,node-name=file1,filename=/dev/fdset/5,read-only=on ' +
      '-blockdev driver=qcow2,node-name=layer1,file=file1,backing=layer0,read-only=on ' +
      '-add-fd fd=6,set=6 -blockdev driver=file,node-name=file2,filename=/dev/fdset/6,discard=unmap ' +
      '-blockdev driver=qcow2,node-name=layer2,file=file2,backing=layer1,discard=unmap ' +
      '-device virtio-blk-device,drive=layer2 ' +
      '-netdev user,id=net,ipv6=off ' +
      '-device virtio-net-device,netdev=net,mac=52:54:00:62:68:61,guest_announce=off -incoming fd:9',
  ));

const rows: [name: string, args: string, part: string][] = [
  ['a template may be saved', line({ saveTo: 10 }), '-add-fd fd=10,set=10 -chardev file,id=devices,path=/dev/fdset/10'],
  ['a template writes to its memory file', line({ memory: { descriptor: 3, shared: true } }), 'share=on'],
  ['no network is a port that leads nowhere', line({ network: 'none' }), '-netdev hubport,id=net,hubid=0 '],
  ['kvm has the cpu of the host', line({}, { accelerator: 'kvm', cpus: 2, memoryMib: 512 }), '-accel kvm -cpu host'],
  [
    'power-on has a kernel',
    line({ begin: { from: 'power-on', kernel: 9, commandLine: 'quiet' } }),
    '-kernel /proc/self/fd/9 -append quiet',
  ],
];
for (const [name, args, part] of rows) test(name, () => assert.ok(args.includes(part), args));

test('two emulated cpus have a thread and a cache each', () =>
  assert.ok(
    qemuArguments({ ...shape, cpus: 2 }, wiring)
      .join(' ')
      .includes('-accel tcg,tb-size=128,thread=multi'),
  ));

test('no guest gets a device that may punch holes into a shared template', () =>
  assert.doesNotMatch(line(), /balloon|free-page-reporting|virtio-mem/));

test('at most four virtio-mmio devices: the fifth takes the interrupt of the clock chip', () => {
  const devices = qemuArguments(shape, wiring).filter((arg) => /^virtio-.*-device/.test(arg));
  assert.equal(devices.length, 3);
});

test('an emulated kernel is told the rate of its counter', () =>
  assert.equal(
    kernelCommandLine(shape, 2_599_998),
    'console=ttyS0 root=/dev/vda rw quiet reboot=t panic=-1 net.ifnames=0 mitigations=off no_timer_check tsc=reliable ' +
      'clearcpuid=cx16 nowatchdog init_on_alloc=0 randomize_kstack_offset=off norandmaps ' +
      'tsc_early_khz=2599998 lpj=2599998 init=/usr/local/bin/lohar',
  ));

test('of several emulated processors one boots, and its locks are those of several', () =>
  assert.match(kernelCommandLine({ ...shape, cpus: 2 }, null), / maxcpus=1 noreplace-smp /));

test('a native kernel keeps its mitigations and its own clock', () =>
  assert.equal(
    kernelCommandLine({ ...shape, accelerator: 'kvm', cpus: 2 }, null),
    'console=ttyS0 root=/dev/vda rw quiet reboot=t panic=-1 net.ifnames=0 init=/usr/local/bin/lohar',
  ));
