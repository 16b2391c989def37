/**
 * A heap made at build time: the program is linked without one, run to evaluate its modules and write down its memory, and
 * linked once more with that as a section of its own, which the kernel maps to where it was made (runtime/native/preload.c).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../host/src/builder/program.ts';
import { emulated } from './test-program.ts';
import type { Arch } from './toolchain.ts';

/** Below the heap, at a multiple of 64 KiB: room for a page about it. */
const SECTION_ADDRESS = '0x0ffff000';
export const HEAP = 'program.heap';
/** Behind all else, so that its size moves nothing. */
export const HEAP_LAYOUT = `SECTIONS { .heap ${SECTION_ADDRESS} : { *(.heap) } } INSERT AFTER .bss;\n`;

/** For the assembler: the section, empty until there is a heap. */
export const heapSection = (made: boolean): string => `
.section .heap,"aw",@progbits
.balign 4096
.global preloaded_heap
preloaded_heap: ${made ? `.incbin "${HEAP}"` : '.zero 4096'}
`;

/**
 * Runs the program that was linked without a heap.
 * @returns false when this machine cannot run it: the program then makes its heap each time it starts
 * @throws ProgramFailed with what a module asked for
 */
export async function makeHeap(program: string, folder: string, arch: Arch, signal: AbortSignal): Promise<boolean> {
  const words = emulated(arch, [program, '--preload', join(folder, HEAP)]);
  const [first = '', ...others] = words;
  if (first !== program && !existsSync(join('/usr/bin', first))) return false;
  await runProgram(first, others, { signal });
  return true;
}
