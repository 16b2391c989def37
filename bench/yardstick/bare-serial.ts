/**
 * How fast bytes move through a virtio-serial port when nobody speaks a protocol on it: the tier's kernel boots with a
 * shell as PID 1 that runs dd on the port, in the machine type that sandboxes have. Once the guest's end is no file at all
 * (/dev/null, /dev/zero), once a file on its disk that is synced, as what bhatti writes is.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EMULATED_CPU, EMULATED_KERNEL } from '@bhatti/host/engine/qemu/arguments.ts';

const MIB = 1024 * 1024;
const SIZE = 100 * MIB;
const BLOCK = 256 * 1024;
const BOOT_MS = 120_000;
const POLL_MS = 50;
const PORT = '/dev/vport0p1';

/** In MB/s; `write` is host to guest. */
export interface BareRates {
  readonly write: number;
  readonly read: number;
  readonly writeFile: number;
  readonly readFile: number;
}
export interface BareSerial {
  /** Times each way once. @throws Error when the guest has ended */
  round(): Promise<BareRates>;
  close(): Promise<void>;
}

/**
 * What the shell is told: in each round it waits until it is asked, drains the port, says so, and fills it, without a file
 * and with one. The port stays open all along: at each close the kernel throws away what the host has sent meanwhile.
 */
function script(): string {
  const dd = `dd bs=${BLOCK} count=${SIZE / BLOCK}`;
  const round = [
    `${dd} of=/dev/null iflag=fullblock <&3`,
    'echo >&3',
    `${dd} if=/dev/zero >&3`,
    `${dd} of=/file iflag=fullblock conv=fsync <&3`,
    'echo >&3',
    `${dd} if=/file >&3`,
    'rm /file',
  ].join(';');
  return `exec 3<>${PORT};echo >&3;while read go <&3;do ${round};done\n`;
}

function startQemu(image: string, kernel: string, folder: string): ChildProcessByStdio<Writable, Readable, null> {
  const disk = join(folder, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', disk]);
  const append = `console=ttyS0 root=/dev/vda rw quiet ${EMULATED_KERNEL} panic=-1 init=/bin/sh`;
  return spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'microvm,acpi=off,pit=on,pic=on,rtc=on', '-accel', 'tcg,tb-size=64'],
      ...['-cpu', EMULATED_CPU, '-m', '512M'],
      ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-kernel', kernel, '-append', append],
      ...['-serial', 'stdio', '-chardev', `socket,id=port,path=${join(folder, 'port')},server=on,wait=off`],
      ...['-device', 'virtio-serial-device', '-device', 'virtserialport,chardev=port,name=bare'],
      ...['-drive', `if=none,id=disk,file=${disk},format=qcow2`, '-device', 'virtio-blk-device,drive=disk'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
}

/** Until the shell asks for a command; what is written before would be lost when the kernel sets its serial line up. */
async function prompt(console: Readable): Promise<void> {
  let said = '';
  for await (const [part] of on(console, 'data', { signal: AbortSignal.timeout(BOOT_MS) })) {
    said += part;
    if (/^# $/m.test(said)) break;
  }
  console.resume(); // a serial line that nobody reads stops its writer
}

async function connectTo(path: string, deadline: number): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}

/** Reads exactly so many bytes and throws them away. @throws Error when the port ends before */
async function drain(socket: Socket, size: number): Promise<void> {
  for (let left = size; left > 0; ) {
    const part: Buffer | null = socket.read(Math.min(left, socket.readableLength || 1));
    if (part !== null) left -= part.length;
    else if (socket.readableEnded) throw new Error('the bare guest ended early');
    else await once(socket, 'readable', { signal: AbortSignal.timeout(BOOT_MS) });
  }
}

async function fill(socket: Socket, size: number): Promise<void> {
  const block = Buffer.alloc(BLOCK);
  for (let sent = 0; sent < size; sent += BLOCK) if (!socket.write(block)) await once(socket, 'drain');
}

const rate = (from: number): number => SIZE / 1e6 / ((performance.now() - from) / 1000);

async function round(socket: Socket): Promise<BareRates> {
  const writing = async (): Promise<number> => {
    const from = performance.now();
    await fill(socket, SIZE);
    await drain(socket, 1); // one byte: the guest has it all
    return rate(from);
  };
  const reading = async (): Promise<number> => {
    const from = performance.now();
    await drain(socket, SIZE);
    return rate(from);
  };
  socket.write('\n');
  return { write: await writing(), read: await reading(), writeFile: await writing(), readFile: await reading() };
}

/** @throws Error when the guest does not come up */
export async function startBareSerial(image: { path: string; kernel: string }): Promise<BareSerial> {
  const folder = mkdtempSync('/tmp/bhatti-y-');
  const qemu = startQemu(image.path, image.kernel, folder);
  const close = async (): Promise<void> => {
    qemu.kill('SIGKILL');
    if (qemu.exitCode === null && qemu.signalCode === null) await once(qemu, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const socket = await connectTo(join(folder, 'port'), performance.now() + BOOT_MS);
    socket.on('error', () => {}); // at the end QEMU is killed
    await prompt(qemu.stdout);
    qemu.stdin.write(script());
    await drain(socket, 1); // it runs
    return { round: () => round(socket), close };
  } catch (error) {
    await close();
    throw error;
  }
}
