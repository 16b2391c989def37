/** The programs that are built: their entry, and how TypeScript becomes one module. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { projectFiles } from '../tidy/files.ts';
import { lineMap } from './line-map.ts';
import type { Arch } from './toolchain.ts';

export const ROOT = join(import.meta.dirname, '../..');

export const PROGRAMS = ['lohar', 'keeper', 'tests', 'measure', 'agent-server'] as const;
export type Program = (typeof PROGRAMS)[number];

const ENTRIES: Readonly<Record<Exclude<Program, 'tests'>, string>> = {
  lohar: 'lohar/src/main.ts',
  keeper: 'keeper/src/main.ts',
  measure: 'runtime/src/measure/main.ts',
  'agent-server': 'tests/agent/agent-server.ts',
};
const KIT = 'runtime/src/test-kit';

export interface Bundle {
  readonly code: Uint8Array;
  readonly lines: Uint8Array;
}

/** Tests that ask the real kernel, then the unit tests of all that is compiled into a program. */
function testFiles(): string[] {
  const files = projectFiles(ROOT).filter((path) => /^(wire|runtime|lohar|keeper)\/src\//.test(path));
  return [
    ...files.filter((path) => path.endsWith('.kernel-test.ts')),
    ...files.filter((path) => path.endsWith('.test.ts') && runsInside(join(ROOT, path))),
  ];
}

/** A test that needs more of Node than its test runner, itself or through what it imports, stays there. */
function runsInside(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return true;
  seen.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/ from '([^']+)'|^import '([^']+)'/gm);
  return [...imports].every(([, named, bare]) => {
    const name = named ?? bare ?? '';
    if (name.startsWith('node:')) return name === 'node:test' || name === 'node:assert/strict';
    return !name.startsWith('.') || runsInside(join(dirname(path), name), seen);
  });
}

function input(program: Program): BuildOptions {
  if (program !== 'tests') return { entryPoints: [join(ROOT, ENTRIES[program])] };
  const files = testFiles();
  const lines = [
    `import { runTests } from './${KIT}/test.ts';`,
    ...files.map((path) => `import './${path}';`),
    'runTests();',
  ];
  return { stdin: { contents: lines.join('\n'), resolveDir: ROOT, sourcefile: 'tests.ts' } };
}

/** @throws esbuild's BuildFailure */
export async function bundle(program: Program, arch: Arch): Promise<Bundle> {
  const result = await build({
    ...input(program),
    bundle: true,
    write: false,
    outfile: 'program.js',
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    external: ['native'],
    define: { TARGET_ARCH: JSON.stringify(arch) },
    sourcemap: 'external',
    sourcesContent: false,
    charset: 'utf8',
    logLevel: 'silent',
    alias: { 'node:test': join(ROOT, KIT, 'test.ts'), 'node:assert/strict': join(ROOT, KIT, 'assert.ts') },
  });
  const output = (end: string) =>
    result.outputFiles.find((file) => file.path.endsWith(end))?.contents ?? new Uint8Array();
  const map = JSON.parse(Buffer.from(output('.map')).toString());
  return { code: output('.js'), lines: lineMap(map, (source) => relative(ROOT, join(process.cwd(), source))) };
}
