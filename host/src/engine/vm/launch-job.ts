/** Turns what a machine is made of into its keeper's job: files become descriptors, descriptors become arguments. */
import { type Access, type Descriptor, FIRST_DESCRIPTOR, type Job } from '@bhatti/keeper/job.ts';
import { type GuestShape, qemuArguments, type Wiring } from '../qemu/arguments.ts';
import { CONSOLE_LIMIT } from '../settings.ts';
import { AGENT_SOCKET, DEVICES_FILE, type LayerFile, MONITOR_SOCKET } from './folder.ts';

export interface Machine {
  /** QEMU's program. */
  readonly qemu: string;
  readonly shape: GuestShape;
  /** The lowest first; the last is this machine's own and written. */
  readonly layers: readonly LayerFile[];
  readonly begin:
    | { readonly from: 'power-on'; readonly kernel: string; readonly commandLine: string }
    /** `memory`: the sealed memory of a template, or that of a saved machine: it is mapped privately. */
    | { readonly from: 'state'; readonly state: string; readonly memory: string; readonly standStill?: true };
  /** For the machine that becomes a template: its memory is sealed and held. */
  readonly hold?: true;
  readonly user?: Job['user'];
  /** Namespaces with a way out; null: the guest gets no network. */
  readonly network: { readonly netNamespace: string; readonly userNamespace?: string } | null;
}

/** Descriptors of the child in the order in which they are asked for. */
class Descriptors {
  readonly all: Descriptor[] = [];

  /** @returns its number in the child */
  add(descriptor: Descriptor): number {
    return FIRST_DESCRIPTOR + this.all.push(descriptor) - 1;
  }

  open(path: string, access: Access): number {
    return this.add({ kind: 'open', path, access });
  }
}

const MIB = 1024 * 1024;

function beginOf(begin: Machine['begin'], descriptors: Descriptors): Wiring['begin'] {
  if (begin.from === 'state') {
    const { standStill = false } = begin;
    return { from: 'state', state: descriptors.open(begin.state, 'r'), standStill };
  }
  return { from: 'power-on', kernel: descriptors.open(begin.kernel, 'r'), commandLine: begin.commandLine };
}

export function launchJob(machine: Machine): Job {
  const { begin, layers, shape, network } = machine;
  const descriptors = new Descriptors();
  const memory =
    begin.from === 'state'
      ? descriptors.open(begin.memory, 'rw')
      : descriptors.add({ kind: 'memory', size: shape.memoryMib * MIB });
  const wiring: Wiring = {
    memory: { descriptor: memory, shared: begin.from === 'power-on' },
    disk: layers.map(({ path, format }, depth) => ({
      descriptor: descriptors.open(path, depth === layers.length - 1 ? 'rw' : 'r'),
      format,
    })),
    monitor: descriptors.add({ kind: 'listen', path: MONITOR_SOCKET }),
    agent: descriptors.add({ kind: 'listen', path: AGENT_SOCKET }),
    network: network === null ? 'none' : 'user',
    begin: beginOf(begin, descriptors),
    saveTo: descriptors.open(DEVICES_FILE, 'w'),
  };
  return {
    program: machine.qemu,
    argv: ['qemu', ...qemuArguments(shape, wiring)],
    descriptors: descriptors.all,
    consoleLimit: CONSOLE_LIMIT,
    ...(machine.user === undefined ? {} : { user: machine.user }),
    ...(network ?? {}),
    ...(machine.hold ? { hold: 0 } : {}),
  };
}

/** The descriptor of DEVICES_FILE: `/dev/fdset/<it>`; null of a machine that a bhatti before this one started. */
export function saveDescriptor({ descriptors }: Job): number | null {
  const index = descriptors.findIndex((descriptor) => descriptor.kind === 'open' && descriptor.access === 'w');
  return index < 0 ? null : FIRST_DESCRIPTOR + index;
}
