/** The JavaScript engine, quickjs-ng: fetched as Debian's source package, built for each architecture, kept in the cache. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../host/src/builder/program.ts';
import { mmdebstrap } from './mmdebstrap.ts';
import { type Arch, hostArch, runInRoot, TRIPLETS, toolchainId, withCacheLock } from './toolchain.ts';
import type { Work } from './work.ts';

const PACKAGE = 'qjs-src';
/** quickjs-ng is not in trixie; forky moves on, so the version that was measured is pinned. */
const SUITE = 'forky';
const PINNED = {
  file: 'qjs-src_0.17.0-1_all.deb',
  sha256: '04631979bdadaccffd76c1cb0aff5d07389aa889a90b6a902eba858a3a3b3988',
};
/** Where the package puts the source. */
const SOURCE = 'usr/src/quickjs-ng';

const ENGINE_FILES = ['quickjs', 'dtoa', 'libregexp', 'libunicode'];
/** Nobody unwinds C; the tables would be 85 KB of every program. */
export const NO_UNWINDING = ['-fno-asynchronous-unwind-tables', '-fno-unwind-tables'];
/** As upstream builds it; sections, so that the linker drops the parser and whatever else nobody calls. */
const ENGINE_FLAGS = ['-O2', '-D_GNU_SOURCE', '-fwrapv', '-funsigned-char', '-std=gnu11', '-w', ...NO_UNWINDING];
export const SECTION_FLAGS = ['-ffunction-sections', '-fdata-sections'];

export interface Source {
  readonly deb: string;
  /** 'qjs-src_0.17.0-1_all.deb' */
  readonly name: string;
  readonly sha256: string;
  /** False: forky has another version by now; it must pass the tests of the runtime before it is used. */
  readonly pinned: boolean;
}

export interface Engine {
  readonly source: Source;
  /** Folders inside the toolchain's root. */
  readonly headers: string;
  readonly compiler: string;
  readonly archive: (arch: Arch) => string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** @throws ProgramFailed when neither the cache nor a mirror has the source */
export async function fetchSource(work: Work): Promise<Source> {
  const kept = join(work.cacheDir, PINNED.file);
  if (existsSync(kept) && sha256(await readFile(kept)) === PINNED.sha256) return sourceOf(work.cacheDir, PINNED.file);
  const folder = join(work.cacheDir, `${PACKAGE}.unfinished`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  work.progress.step(`fetching ${PACKAGE}`);
  const download = `mkdir -p "$1/debs" && cd "$1/debs" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download ${PACKAGE}`;
  const hooks = [`--customize-hook=${download}`, `--customize-hook=sync-out /debs ${folder}`];
  const nothing = ['--variant=custom', '--format=null', '--aptopt=APT::Sandbox::User "root"'];
  await mmdebstrap([...nothing, ...hooks, SUITE, '/dev/null'], work);
  const name = (await readdir(folder)).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new Error(`cannot fetch ${PACKAGE}: ${SUITE} gave no .deb`);
  await rename(join(folder, name), join(work.cacheDir, name));
  await rm(folder, { recursive: true });
  return sourceOf(work.cacheDir, name);
}

async function sourceOf(cacheDir: string, name: string): Promise<Source> {
  const deb = join(cacheDir, name);
  const sum = sha256(await readFile(deb));
  return { deb, name, sha256: sum, pinned: sum === PINNED.sha256 };
}

/** Builds what is missing: the compiler to bytecode and one archive per architecture (30 s each). @throws ProgramFailed */
export async function prepareEngine(work: Work, root: string, archs: readonly Arch[]): Promise<Engine> {
  return withCacheLock(work, async () => {
    const source = await fetchSource(work);
    const id = sha256(Buffer.from(JSON.stringify([source.sha256, ENGINE_FLAGS, SECTION_FLAGS, toolchainId])));
    const inside = `/engine-${id.slice(0, 16)}`;
    const folder = join(root, inside);
    const engine: Engine = {
      source,
      headers: `${inside}/${SOURCE}`,
      compiler: `${inside}/qjsc`,
      archive: (arch) => `${inside}/${arch}.a`,
    };
    if (!existsSync(folder)) await unpack(source, folder, work);
    if (!existsSync(join(root, engine.compiler))) await buildCompiler(root, inside, work);
    for (const arch of archs)
      if (!existsSync(join(root, engine.archive(arch)))) await buildArchive(root, inside, arch, work);
    return engine;
  });
}

async function unpack(source: Source, folder: string, work: Work): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await runProgram('dpkg-deb', ['-x', source.deb, unfinished], { signal: work.signal });
  await rename(unfinished, folder);
}

/** Flags to compile against musl with a compiler made for glibc. */
export const muslFlags = (arch: Arch): string[] => [
  '-nostdinc',
  '-isystem',
  `/usr/include/${TRIPLETS[arch].musl}`,
  '-isystem',
  `/usr/lib/gcc${arch === hostArch ? '' : '-cross'}/${TRIPLETS[arch].gnu}/14/include`,
  // linux/*.h
  '-idirafter',
  '/usr/include',
  '-idirafter',
  arch === hostArch ? `/usr/include/${TRIPLETS[arch].gnu}` : `/usr/${TRIPLETS[arch].gnu}/include`,
  // Outlined atomics call functions of glibc.
  ...(arch === 'arm64' ? ['-mno-outline-atomics'] : []),
];

async function buildCompiler(root: string, inside: string, work: Work): Promise<void> {
  work.progress.step('building the compiler to bytecode (once)');
  const files = [...ENGINE_FILES, 'quickjs-libc', 'qjsc'].map((name) => `${name}.c`);
  const flags = ENGINE_FLAGS.map((flag) => (flag === '-O2' ? '-O0' : flag));
  const link = ['-o', `${inside}/qjsc.unfinished`, ...files, '-lm', '-lpthread', '-ldl'];
  await runInRoot(root, `${inside}/${SOURCE}`, ['gcc', ...flags, ...link], work.signal);
  await rename(join(root, `${inside}/qjsc.unfinished`), join(root, `${inside}/qjsc`));
}

async function buildArchive(root: string, inside: string, arch: Arch, work: Work): Promise<void> {
  work.progress.step(`building the engine for ${arch} (once)`);
  const { gnu } = TRIPLETS[arch];
  const compile = async (name: string) => {
    const output = ['-c', `${name}.c`, '-o', `${inside}/${arch}-${name}.o`];
    const words = [`${gnu}-gcc`, ...ENGINE_FLAGS, ...SECTION_FLAGS, ...muslFlags(arch), ...output];
    await runInRoot(root, `${inside}/${SOURCE}`, words, work.signal);
  };
  await Promise.all(ENGINE_FILES.map(compile));
  const objects = ENGINE_FILES.map((name) => `${arch}-${name}.o`);
  await runInRoot(root, inside, [`${gnu}-ar`, 'rcs', `${arch}.a.unfinished`, ...objects], work.signal);
  await rename(join(root, inside, `${arch}.a.unfinished`), join(root, inside, `${arch}.a`));
}

/** Remembers that a version other than the pinned one passed the tests. */
export const acceptance = (work: Work, source: Source) => {
  const mark = join(work.cacheDir, `${source.name}.${source.sha256.slice(0, 16)}.accepted`);
  return { given: source.pinned || existsSync(mark), give: () => writeFile(mark, '') };
};

/** Copies host files into a folder of the root. */
export async function copyIn(root: string, folder: string, from: string): Promise<void> {
  await cp(from, join(root, folder), { recursive: true });
}
