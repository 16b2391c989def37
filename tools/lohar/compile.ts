/** From one JavaScript module to one static program: bytecode, the native part and the engine, linked against musl. */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIn, type Engine, muslFlags, NO_UNWINDING, SECTION_FLAGS } from './engine.ts';
import { HEAP_LAYOUT, heapSection, makeHeap } from './preload.ts';
import { type Bundle, ROOT, type Script } from './programs.ts';
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
  ...NO_UNWINDING,
];
const LINES = 'program.lines';
const ORDER = 'program.order';
const LAYOUT = 'program.ld';

/** For ld: what runs after boot comes first, side by side; whatever else is mapped only where it is used. */
export function sectionOrder(hotFunctions: string): string {
  const names = hotFunctions.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const rows = names.map((name) => `*(.text.${name} .text.${name}.*)`);
  return `.text : {\n${[...rows, '*libc.a:*(.text .text.*)'].join('\n')}\n}\n`;
}

/** Bytes and their ends as symbols, without a detour through C source: struct script of native/native.h. */
function blobs(scripts: readonly Script[]): string {
  const rows = scripts
    .map(({ preloaded }, i) => `.quad name_${i}, code_${i}, code_${i}_end - code_${i}, ${Number(preloaded)}\n`)
    .join('');
  const bytes = scripts
    .map(({ name }, i) => `name_${i}: .asciz "${name}"\ncode_${i}: .incbin "${name}.bytecode"\ncode_${i}_end:\n`)
    .join('');
  return `
.section .rodata
.global line_map, line_map_end
line_map: .incbin "${LINES}"
line_map_end:
${bytes}
.section .data.rel.ro,"aw"
.balign 8
.global scripts
scripts:
${rows}.quad 0, 0, 0, 0
.section .note.GNU-stack,"",%progbits
`;
}

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
    const names = bundle.scripts.map(({ name }) => name);
    for (const { name, code } of bundle.scripts) await writeFile(join(folder, name), code);
    await writeFile(join(folder, LINES), bundle.lines);
    await writeFile(join(folder, ORDER), sectionOrder(await readFile(join(NATIVE, 'hot-functions.txt'), 'utf8')));
    for (const name of names) {
      // What is said to be written in C is not followed: each script is compiled alone.
      const others = ['native', ...names].filter((other) => other !== name).flatMap((other) => ['-M', other]);
      const bytecode = ['-b', '-m', '-s', '-P', ...others, '-n', name, '-o', `${name}.bytecode`, name];
      await runInRoot(root, inside, [engine.compiler, ...bytecode], signal);
    }
    const sources = (await readdir(NATIVE)).filter((name) => name.endsWith('.c'));
    const hasHeap = bundle.scripts.some(({ preloaded }) => preloaded);
    const linked = async (section: string): Promise<void> => {
      await writeFile(join(folder, 'blobs.s'), `${blobs(bundle.scripts)}${section}`);
      await writeFile(join(folder, LAYOUT), HEAP_LAYOUT);
      await runInRoot(root, inside, link(engine, arch, sources, hasHeap), signal);
    };
    await linked(hasHeap ? heapSection(false) : '');
    if (hasHeap && (await makeHeap(join(folder, 'program'), folder, arch, signal))) await linked(heapSection(true));
    await runInRoot(root, inside, [`${TRIPLETS[arch].gnu}-strip`, '-s', 'program'], signal);
    await copyFile(join(folder, 'program'), `${output}.unfinished`);
    await rename(`${output}.unfinished`, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function link(engine: Engine, arch: Arch, sources: readonly string[], hasHeap: boolean): string[] {
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
    `-Wl,--section-ordering-file=${ORDER}`,
    ...(hasHeap ? [`-Wl,-T,${LAYOUT}`] : []),
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
