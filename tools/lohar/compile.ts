/** From one JavaScript module to one static program: bytecode, the native part and the engine, linked against musl. */
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIn, type Engine, muslFlags, SECTION_FLAGS } from './engine.ts';
import { type Bundle, ROOT } from './programs.ts';
import { type Arch, runInRoot, TRIPLETS } from './toolchain.ts';

export const NATIVE = join(ROOT, 'runtime/native');
export const NATIVE_FLAGS = [
  '-O2',
  '-std=gnu11',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-unused-parameter',
  '-fno-strict-aliasing',
];
/** Stack frames name it; the line table turns it into TypeScript files. */
export const SCRIPT_NAME = 'program.js';

/** Bytes and their ends as symbols, without a detour through C source. */
const BLOBS = `
.section .rodata
.global bytecode, bytecode_end, line_map, line_map_end
bytecode: .incbin "program.bytecode"
bytecode_end:
line_map: .incbin "program.lines"
line_map_end:
.section .note.GNU-stack,"",%progbits
`;

/** @throws ProgramFailed with the compiler's message */
export async function compile(
  root: string,
  engine: Engine,
  arch: Arch,
  bundle: Bundle,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const inside = `/work-${process.pid}-${arch}-${Date.now()}`;
  const folder = join(root, inside);
  await mkdir(folder);
  try {
    await copyIn(root, inside, NATIVE);
    await writeFile(join(folder, SCRIPT_NAME), bundle.code);
    await writeFile(join(folder, 'program.lines'), bundle.lines);
    await writeFile(join(folder, 'blobs.s'), BLOBS);
    const bytecode = ['-b', '-m', '-s', '-P', '-M', 'native', '-n', SCRIPT_NAME, '-o', 'program.bytecode', SCRIPT_NAME];
    await runInRoot(root, inside, [engine.compiler, ...bytecode], signal);
    const sources = (await readdir(NATIVE)).filter((name) => name.endsWith('.c'));
    await runInRoot(root, inside, link(engine, arch, sources), signal);
    await runInRoot(root, inside, [`${TRIPLETS[arch].gnu}-strip`, '-s', 'program'], signal);
    await copyFile(join(folder, 'program'), `${output}.unfinished`);
    await rename(`${output}.unfinished`, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function link(engine: Engine, arch: Arch, sources: readonly string[]): string[] {
  const { gnu, musl } = TRIPLETS[arch];
  const libc = (file: string) => `/usr/lib/${musl}/${file}`;
  return [
    `${gnu}-gcc`,
    ...NATIVE_FLAGS,
    ...SECTION_FLAGS,
    ...muslFlags(arch),
    '-isystem',
    engine.headers,
    '-static',
    '-nostdlib',
    '-Wl,--gc-sections',
    '-Wl,--build-id=none',
    '-o',
    'program',
    libc('crt1.o'),
    libc('crti.o'),
    ...sources,
    'blobs.s',
    engine.archive(arch),
    '-Wl,--start-group',
    libc('libc.a'),
    '-lgcc',
    '-Wl,--end-group',
    libc('crtn.o'),
  ];
}
