/**
 * How fast bytes move through a virtio-serial port when nobody speaks a protocol on it: the tier's kernel boots with a
 * shell as PID 1 that runs dd on the port, in the machine type that sandboxes have.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MIB = 1024 * 1024;
const SIZE = 100 * MIB;
const BLOCK = 256 * 1024;
const BOOT_MS = 120_000;
const POLL_MS = 50;
const PORT = '/dev/vport0p1';

export interface BareRates {
  /** Host to guest, MB/s. */
  readonly write: readonly number[];
  /** Guest to host, MB/s. */
  readonly read: readonly number[];
}

/** What PID 1 does: per round it drains the port, says so, and fills it. */
function script(rounds: number): string {
  const blocks = SIZE / BLOCK;
  const round = [
    `dd if=${PORT} of=/dev/null bs=${BLOCK} count=${blocks} iflag=fullblock`,
    `echo >${PORT}`,
    `dd if=/dev/zero of=${PORT} bs=${BLOCK} count=${blocks}`,
  ].join(';');
  return `echo >${PORT};for i in $(seq ${rounds});do ${round};done;read end <${PORT}`;
}

function startQemu(image: string, kernel: string, folder: string, rounds: number): ChildProcess {
  const disk = join(folder, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', disk]);
  const append = `root=/dev/vda rw quiet mitigations=off tsc=reliable no_timer_check panic=-1 init=/bin/sh -- -c "${script(rounds)}"`;
  return spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'microvm,acpi=off,pit=on,pic=on,rtc=on', '-accel', 'tcg,tb-size=64', '-cpu', 'max', '-m', '512M'],
      ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-kernel', kernel, '-append', append],
      ...['-serial', `file:${join(folder, 'console.log')}`],
      ...['-chardev', `socket,id=port,path=${join(folder, 'port')},server=on,wait=on`],
      ...['-device', 'virtio-serial-device', '-device', 'virtserialport,chardev=port,name=bare'],
      ...['-drive', `if=none,id=disk,file=${disk},format=qcow2`, '-device', 'virtio-blk-device,drive=disk'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
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

/** @throws Error when the guest does not come up */
export async function bareSerial(image: { path: string; kernel: string }, rounds: number): Promise<BareRates> {
  const folder = mkdtempSync('/tmp/bhatti-y-');
  const qemu = startQemu(image.path, image.kernel, folder, rounds);
  const write: number[] = [];
  const read: number[] = [];
  try {
    const socket = await connectTo(join(folder, 'port'), performance.now() + BOOT_MS);
    await drain(socket, 1); // the guest is up
    for (let round = 0; round < rounds; round++) {
      let from = performance.now();
      await fill(socket, SIZE);
      await drain(socket, 1); // it has read all
      write.push(rate(from));
      from = performance.now();
      await drain(socket, SIZE);
      read.push(rate(from));
    }
    socket.destroy();
    return { write, read };
  } finally {
    qemu.kill('SIGKILL');
    if (qemu.exitCode === null) await once(qemu, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}
