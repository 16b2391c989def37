/**
 * QEMU's argument vector. Everything a VM uses is an inherited descriptor, so that QEMU can run as a uid that may read
 * no path of ours, under its seccomp sandbox, and be given nothing else.
 *
 * What the guest can see comes from `GuestShape` alone: a template loads only where that part is the same, and QEMU
 * accepts several differences in silence and then hangs (docs/engine.md).
 */
import type { Accelerator } from '../../ports/engine.ts';

export interface GuestShape {
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryMib: number;
}

/** One layer of the disk, the lowest first; only the last is written. */
export interface DiskLayer {
  readonly descriptor: number;
  readonly format: 'raw' | 'qcow2';
}

/** What differs between two VMs of one shape: descriptors of the QEMU process, and where the VM begins. */
export interface Wiring {
  readonly memory: { readonly descriptor: number; readonly shared: boolean };
  readonly disk: readonly DiskLayer[];
  readonly monitor: number;
  readonly agent: number;
  readonly network: 'user' | 'none';
  readonly begin:
    | { readonly from: 'power-on'; readonly kernel: number; readonly commandLine: string }
    /** `standStill`: it waits for `cont` when the state is loaded. */
    | { readonly from: 'state'; readonly state: number; readonly standStill: boolean };
  /** Where `xen-save-devices-state` may write: /dev/fdset/<descriptor>. */
  readonly saveTo?: number;
}

/** MAC that a template and each of its forks boot with; lohar sets the sandbox's own. */
export const BOOT_MAC = '52:54:00:62:68:61';
/** Name of the virtio-serial port lohar answers on. */
const AGENT_PORT = 'bhatti.agent';
/** MiB of translated code one vCPU keeps: 64 costs no speed against 256 and bounds what an idle VM holds. */
const TCG_CACHE_MIB = 64;
const TCG_CACHE_MIB_MAX = 256;

/**
 * Under TCG some features cost more than they bring: with `erms` copies and page clears go byte by byte instead of eight
 * bytes a step; each switch of `smap` ends a translated block; `pku` is saved and restored with every process.
 */
export const EMULATED_CPU = 'max,-erms,-smap,-pku';
/**
 * A waking guest would announce itself (ARP, netlink) to its own user network, before anything else: 25 ms of a fork.
 * (Linux finds no eth0 at all when `ctrl_vq=off` takes away what other features of the device stand on.)
 */
const NET_OPTIONS = 'guest_announce=off';

function acceleratorOption(shape: GuestShape): string {
  if (shape.accelerator !== 'tcg') return shape.accelerator;
  const cache = Math.min(TCG_CACHE_MIB * shape.cpus, TCG_CACHE_MIB_MAX);
  return `tcg,tb-size=${cache}${shape.cpus > 1 ? ',thread=multi' : ''}`;
}

function diskArguments(layers: readonly DiskLayer[]): string[] {
  return layers.flatMap(({ descriptor, format }, depth) => {
    const writable = depth === layers.length - 1;
    const access = writable ? 'discard=unmap' : 'read-only=on';
    const backing = depth > 0 && format === 'qcow2' ? `,backing=layer${depth - 1}` : '';
    return [
      ...['-add-fd', `fd=${descriptor},set=${descriptor}`],
      ...['-blockdev', `driver=file,node-name=file${depth},filename=/dev/fdset/${descriptor},${access}`],
      ...['-blockdev', `driver=${format},node-name=layer${depth},file=file${depth}${backing},${access}`],
    ];
  });
}

/**
 * The chardev is nobody's: it keeps the file open. QEMU closes what nobody has open of an fdset when its last monitor goes
 * (monitor_fdset_cleanup), and a daemon may die and come back.
 */
function saveArguments(descriptor: number): string[] {
  const file = `/dev/fdset/${descriptor}`;
  return ['-add-fd', `fd=${descriptor},set=${descriptor}`, '-chardev', `file,id=devices,path=${file}`];
}

function beginArguments(begin: Wiring['begin']): string[] {
  return begin.from === 'state'
    ? [...(begin.standStill ? ['-S'] : []), '-incoming', `fd:${begin.state}`]
    : ['-kernel', `/proc/self/fd/${begin.kernel}`, '-append', begin.commandLine];
}

/** The node whose size `block_resize` changes, for a wiring of this many layers. */
export function diskNode(layers: number): string {
  return `layer${layers - 1}`;
}

/**
 * The whole vector but argv[0]. The agent's chardev waits for its first client, so that the host is connected before
 * the guest runs: bytes the guest wrote with nobody there would be lost.
 *
 * microvm has four free virtio-mmio slots before one takes the RTC's interrupt; three are used.
 */
export function qemuArguments(shape: GuestShape, wiring: Wiring): string[] {
  const { memory, monitor, agent } = wiring;
  return [
    ...['-M', 'microvm,acpi=off,pit=on,pic=on,rtc=on,memory-backend=ram'],
    ...['-accel', acceleratorOption(shape), '-cpu', shape.accelerator === 'tcg' ? EMULATED_CPU : 'host'],
    ...['-m', `${shape.memoryMib}M`, '-smp', String(shape.cpus)],
    ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    '-object',
    `memory-backend-file,id=ram,size=${shape.memoryMib}M,mem-path=/proc/self/fd/${memory.descriptor}` +
      `,share=${memory.shared ? 'on' : 'off'}`,
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=monitor,fd=${monitor},server=on,wait=off`, '-mon', 'chardev=monitor,mode=control'],
    ...['-chardev', `socket,id=agent,fd=${agent},server=on,wait=on`],
    ...['-device', 'virtio-serial-device', '-device', `virtserialport,chardev=agent,name=${AGENT_PORT}`],
    ...diskArguments(wiring.disk),
    ...['-device', `virtio-blk-device,drive=${diskNode(wiring.disk.length)}`],
    ...['-netdev', wiring.network === 'user' ? 'user,id=net,ipv6=off' : 'hubport,id=net,hubid=0'],
    ...['-device', `virtio-net-device,netdev=net,mac=${BOOT_MAC},${NET_OPTIONS}`],
    ...(wiring.saveTo === undefined ? [] : saveArguments(wiring.saveTo)),
    ...beginArguments(wiring.begin),
  ];
}

/**
 * What only costs an emulated kernel: mitigations of a processor that is none, its own watchdog (a timer that wakes an
 * idle guest), and clearing memory before it is given out.
 * `norandmaps`: QEMU finds translated code by its address, so that with addresses that differ from process to process
 * each program start translates the C library anew (20 ms and more; 3 with the same addresses).
 * `clearcpuid=cx16`: QEMU 7.2 computes the flags of cmpxchg16b from stale ones (its helper asks for CC_OP, which the
 * translator has not stored), and an interrupt right after it pushes an address as EFLAGS: double fault. The kernel's
 * allocators use that instruction all the time, unless it is told that there is none. Programs still find it.
 */
export const EMULATED_KERNEL =
  'mitigations=off no_timer_check tsc=reliable clearcpuid=cx16 nowatchdog init_on_alloc=0 randomize_kstack_offset=off norandmaps';

/**
 * While it boots the kernel patches its own code, with int3 as the first byte for a moment. QEMU 7.2 can translate that
 * byte on one processor while another replaces it, and keeps the translation: the next interrupt of an idle processor
 * ended 1 of 40 boots with a panic in sched_clock_idle_wakeup_event. lohar starts the others when that is done
 * (`noreplace-smp`: without 12,000 patches of locks on the way; `lpj=`: without 400 ms that measure a delay loop).
 */
const ONE_AT_FIRST = 'maxcpus=1 noreplace-smp';

/**
 * The kernel's command line. Under TCG the TSC is the host's: `tsc_early_khz` spares a calibration that fails on a
 * loaded host (clock 6-10 % slow, 10 % CPU when idle, inherited by every fork), and so does `lpj`, TSC cycles a jiffy of
 * our kernel's millisecond.
 */
export function kernelCommandLine(shape: GuestShape, tscKhz: number | null): string {
  const emulated = shape.accelerator === 'tcg';
  return [
    'console=ttyS0 root=/dev/vda rw quiet reboot=t panic=-1 net.ifnames=0',
    ...(emulated ? [EMULATED_KERNEL] : []),
    ...(emulated && shape.cpus > 1 ? [ONE_AT_FIRST] : []),
    ...(emulated && tscKhz !== null ? [`tsc_early_khz=${tscKhz} lpj=${tscKhz}`] : []),
    'init=/usr/local/bin/lohar',
  ].join(' ');
}

/**
 * For a machine that only shows its disk: it is not written, and lohar starts no units. A word that the kernel does not
 * know goes to init; not after "--", for QEMU appends what the kernel must know of microvm's devices.
 */
export function bareCommandLine(commandLine: string): string {
  return `${commandLine.replace(' rw ', ' ro ')} bare`;
}
