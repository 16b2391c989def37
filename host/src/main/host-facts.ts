import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { mebibytes } from '@bhatti/wire/units.ts';
import type { Host } from '../ports/host.ts';

const MIB = 1024 * 1024;

/** @param folder on whose file system the disks lie */
export function thisHost(folder: string): Host {
  return {
    async facts() {
      await mkdir(folder, { recursive: true });
      const { blocks, bsize } = await statfs(folder);
      return {
        cpus: availableParallelism(),
        memoryMib: mebibytes(Math.floor(totalmem() / MIB)),
        diskMib: mebibytes(Math.floor((blocks * bsize) / MIB)),
      };
    },
  };
}
