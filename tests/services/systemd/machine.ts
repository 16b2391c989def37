/** Boots real systemd with a disk of cases beside it, of the shape of lohar's machine, and waits until it ends. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { EMULATED_CPU, kernelCommandLine } from '@bhatti/host/engine/qemu/arguments.ts';
import { counterKhz } from '@bhatti/host/engine/qemu/counter-rate.ts';
import { KEEPER } from '../../engine/lab.ts';
import { CPUS, HOSTNAME, MEMORY_MIB } from '../machine.ts';

const SERVICES = join(import.meta.dirname, '..');
const CASES_DISK_MIB = 256;

export interface SystemdMachine {
  readonly image: string;
  readonly kernel: string;
  /** An empty folder of its own. */
  readonly scratch: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
  /** Its own, where they are not those of the cases' machine. */
  readonly cpus?: number;
  readonly memoryMib?: number;
  /** Of the disk with its content. */
  readonly diskMib?: number;
  /** What it writes to its root stays in the image. */
  readonly keep?: boolean;
  /** More words for QEMU. */
  readonly devices?: readonly string[];
}

/** @returns the folder with an answer a case */
export async function answersOfSystemd(cases: readonly string[], at: SystemdMachine): Promise<string> {
  const content = join(at.scratch, 'content');
  await mkdir(content);
  await cp(join(SERVICES, 'guest'), join(content, 'guest'), { recursive: true });
  for (const name of cases) await cp(join(SERVICES, 'cases', name), join(content, 'cases', name), { recursive: true });
  const answers = await askSystemd(content, at);
  const missing = cases.length - (await readdir(answers)).filter((name) => name.endsWith('.txt')).length;
  if (missing > 0) throw new Error(`cannot record: ${missing} cases have no answer; the console tells why`);
  return answers;
}

/**
 * Boots it with a disk of what `content` holds, whose guest/driver.sh runs once the machine is up and is told where the
 * content's cases and the answers go.
 * @returns the folder of what it answered
 */
export async function askSystemd(content: string, at: SystemdMachine): Promise<string> {
  const { scratch, signal, onLine, diskMib = CASES_DISK_MIB } = at;
  const disk = join(scratch, 'cases.ext4');
  await runProgram('mke2fs', ['-q', '-t', 'ext4', '-d', content, disk, `${diskMib}M`], { signal });
  await runProgram('qemu-system-x86_64', await qemuWords(at, disk), { signal, onLine });
  await runProgram('debugfs', ['-R', `rdump /answers ${scratch}`, disk], { signal });
  return join(scratch, 'answers');
}

async function qemuWords(at: SystemdMachine, disk: string): Promise<string[]> {
  const { image, kernel, scratch, cpus = CPUS, memoryMib = MEMORY_MIB, keep = false, devices = [] } = at;
  const shape = { accelerator: 'tcg', cpus, memoryMib } as const;
  const kernelWords = kernelCommandLine(shape, await counterKhz(scratch, KEEPER))
    .replace(/init=\S+/, 'init=/lib/systemd/systemd')
    .concat(` systemd.hostname=${HOSTNAME} systemd.getty_auto=no`);
  const drive = (file: string, id: string, also: string) => [
    ...['-drive', `file=${file},id=${id},format=raw,if=none${also}`, '-device', `virtio-blk-device,drive=${id}`],
  ];
  return [
    ...['-M', 'microvm,acpi=off,pit=on,pic=on,rtc=on', '-accel', 'tcg,tb-size=64', '-cpu', EMULATED_CPU],
    ...['-m', `${memoryMib}M`, '-smp', `${cpus}`, '-nodefaults', '-no-user-config', '-nographic', '-no-reboot'],
    ...['-serial', 'stdio', '-kernel', kernel, '-append', kernelWords],
    ...[...drive(image, 'root', keep ? '' : ',snapshot=on'), ...drive(disk, 'cases', '')],
    ...['-netdev', 'hubport,id=net,hubid=0', '-device', 'virtio-net-device,netdev=net'],
    ...devices,
  ];
}
