/** Builds lohar, keeper and the test program: node tools/lohar/build.ts [--arch amd64|arm64|all] [--program NAME]... */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { Progress } from '../../host/src/ports/engine.ts';
import { step } from '../terminal/step.mjs';
import { compile, NATIVE, NATIVE_FLAGS } from './compile.ts';
import { acceptance, type Engine, prepareEngine } from './engine.ts';
import { type Bundle, bundle, PROGRAMS, type Program, ROOT } from './programs.ts';
import { runTestProgram } from './test-program.ts';
import { ARCHS, type Arch, hostArch, prepareToolchain, toolchainId } from './toolchain.ts';
import type { Work } from './work.ts';

export interface BuildOptions {
  readonly archs: readonly Arch[];
  readonly programs: readonly Program[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Default: ${BHATTI_CACHE_DIR:-~/.cache/bhatti} */
  readonly cacheDir?: string;
  /** Default: build/ of the checkout; programs lie in <outDir>/<arch>/. */
  readonly outDir?: string;
}

export interface Built {
  readonly program: Program;
  readonly arch: Arch;
  readonly path: string;
  readonly bytes: number;
  readonly unchanged: boolean;
}

/**
 * Builds what changed since the last time.
 * @throws esbuild's BuildFailure, ProgramFailed, BhattiError host.missing-program
 */
export async function buildPrograms(options: BuildOptions): Promise<Built[]> {
  const cacheDir = options.cacheDir ?? process.env.BHATTI_CACHE_DIR ?? join(homedir(), '.cache/bhatti');
  const work: Work = { cacheDir, progress: options.progress, signal: options.signal };
  const root = await prepareToolchain(work);
  const engine = await prepareEngine(work, root, options.archs);
  if (!acceptance(work, engine.source).given) await accept(work, root, engine, options);
  const built: Built[] = [];
  for (const program of options.programs)
    for (const arch of options.archs) built.push(await buildOne(root, engine, program, arch, options));
  return built;
}

/** Another version of the engine than the pinned one is used once it has passed the tests of the runtime. */
async function accept(work: Work, root: string, engine: Engine, options: BuildOptions): Promise<void> {
  work.progress.step(`trying ${engine.source.name}, which is not the pinned version`);
  const tests = await buildOne(root, engine, 'tests', hostArch, options);
  await runTestProgram(tests.path, hostArch, '', options.signal);
  await acceptance(work, engine.source).give();
}

function inputsOf(engine: Engine, code: Bundle): string {
  const hash = createHash('sha256');
  for (const part of [toolchainId, engine.source.sha256, NATIVE_FLAGS.join(), code.lines]) hash.update(part);
  for (const script of code.scripts) hash.update(script.name).update(script.code);
  for (const file of readdirSync(NATIVE).sort()) hash.update(file).update(readFileSync(join(NATIVE, file)));
  for (const file of readdirSync(import.meta.dirname).sort())
    hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex');
}

async function buildOne(
  root: string,
  engine: Engine,
  program: Program,
  arch: Arch,
  options: BuildOptions,
): Promise<Built> {
  const folder = join(options.outDir ?? join(ROOT, 'build'), arch);
  const path = join(folder, program);
  const manifest = `${path}.json`;
  const code = await bundle(program, arch);
  const inputs = inputsOf(engine, code);
  const unchanged =
    existsSync(path) && existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).inputs === inputs;
  if (!unchanged) {
    options.progress.step(`compiling ${program} for ${arch}`);
    await mkdir(folder, { recursive: true });
    await compile(root, engine, arch, code, path, options.signal);
    await chmod(path, 0o755);
  }
  const bytes = (await stat(path)).size;
  if (!unchanged) {
    const { name, sha256 } = engine.source;
    await writeFile(manifest, `${JSON.stringify({ inputs, bytes, engine: { name, sha256 } }, null, 2)}\n`);
  }
  return { program, arch, path, bytes, unchanged };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { arch: { type: 'string', default: 'all' }, program: { type: 'string', multiple: true } },
  });
  const archs = values.arch === 'all' ? ARCHS : ARCHS.filter((arch) => arch === values.arch);
  const wanted = values.program ?? ['lohar', 'keeper', 'bhatti'];
  const programs = PROGRAMS.filter((program) => wanted.includes(program));
  if (archs.length === 0 || programs.length !== wanted.length)
    throw new Error(`usage: build.ts [--arch ${ARCHS.join('|')}|all] [--program ${PROGRAMS.join('|')}]...`);
  const signal = new AbortController().signal;
  const built = await step(`${programs.join(', ')} for ${archs.join(', ')}`, (note) =>
    buildPrograms({ archs, programs, progress: { step: note }, signal }),
  );
  for (const { path, bytes, unchanged } of built)
    console.log(
      `  ${relative(process.cwd(), path)} ${(bytes / 1024).toFixed(0)} KiB${unchanged ? ' (unchanged)' : ''}`,
    );
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
