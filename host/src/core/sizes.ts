/** Cpus, memory and disk of a sandbox: what was asked for, what the image says, what the host has. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Mebibytes, mebibytes } from '@bhatti/wire/units.ts';

/** What the host can give at most. */
export interface HostFacts {
  readonly cpus: number;
  readonly memoryMib: Mebibytes;
  /** Size of the file system that holds the sandboxes' disks. */
  readonly diskMib: Mebibytes;
}

export interface AskedSizes {
  readonly cpus?: number | undefined;
  readonly memoryMib?: number | undefined;
  readonly diskMib?: number | undefined;
}

export interface Sizes {
  readonly cpus: number;
  readonly memoryMib: Mebibytes;
  readonly diskMib: Mebibytes;
}

export const CPUS_DEFAULT = 1;
export const MEMORY_MIB_DEFAULT = mebibytes(512);
/** Below this Ubuntu's kernel does not reach PID 1. */
export const MEMORY_MIB_MIN = mebibytes(128);

interface Bound {
  readonly what: string;
  readonly flag: string;
  readonly unit: string;
  readonly min: number;
  readonly minWhy: string;
  readonly max: number;
}

function bounded(value: number, bound: Bound): number {
  const refuse = (why: string): never => {
    throw new BhattiError('size.invalid', `cannot give a sandbox ${value}${bound.unit} ${bound.what}: ${why}`, {
      remedy: `choose ${bound.flag} from ${bound.min} to ${bound.max}`,
    });
  };
  if (!Number.isSafeInteger(value)) refuse('it is not a whole number');
  if (value < bound.min) refuse(bound.minWhy);
  if (value > bound.max) refuse(`this host has ${bound.max}${bound.unit}`);
  return value;
}

/**
 * Precedence: the request, then the image's manifest where the host has that much, then 1 cpu and 512 MiB; a disk is as
 * large as its image.
 * @throws BhattiError size.invalid
 */
export function sizes(
  asked: AskedSizes,
  image: { cpus?: number; memoryMib?: number; sizeMib: number },
  host: HostFacts,
): Sizes {
  const cpus = asked.cpus ?? Math.min(image.cpus ?? CPUS_DEFAULT, host.cpus);
  const memory = asked.memoryMib ?? Math.min(image.memoryMib ?? MEMORY_MIB_DEFAULT, host.memoryMib);
  const disk = asked.diskMib ?? image.sizeMib;
  return {
    cpus: bounded(cpus, {
      what: 'cpus',
      flag: '--cpus',
      unit: '',
      min: 1,
      minWhy: 'it needs at least 1',
      max: host.cpus,
    }),
    memoryMib: mebibytes(
      bounded(memory, {
        what: 'of memory',
        flag: '--memory',
        unit: ' MiB',
        min: MEMORY_MIB_MIN,
        minWhy: `it needs at least ${MEMORY_MIB_MIN} MiB`,
        max: host.memoryMib,
      }),
    ),
    diskMib: mebibytes(
      bounded(disk, {
        what: 'of disk',
        flag: '--disk-size',
        unit: ' MiB',
        min: image.sizeMib,
        minWhy: `its image alone has ${image.sizeMib} MiB`,
        max: host.diskMib,
      }),
    ),
  };
}
