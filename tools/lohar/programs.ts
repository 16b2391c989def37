/** The programs that are built: their entry, and how TypeScript becomes one module. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { projectFiles } from '../tidy/files.ts';
import { lineMap } from './line-map.ts';
import { type Parts, partEntries, partsPlugin } from './parts.ts';
import type { Arch } from './toolchain.ts';

export const ROOT = join(import.meta.dirname, '../..');

export const PROGRAMS = ['lohar', 'keeper', 'bhatti', 'tests', 'measure', 'agent-server'] as const;
export type Program = (typeof PROGRAMS)[number];

const ENTRIES: Readonly<Record<Exclude<Program, 'tests'>, string>> = {
  lohar: 'lohar/src/main.ts',
  keeper: 'keeper/src/main.ts',
  bhatti: 'host/src/compiled/main.ts',
  measure: 'runtime/src/measure/main.ts',
  'agent-server': 'tests/agent/agent-server.ts',
};
const within = (folder: string, ...names: string[]): string[] => names.map((name) => `lohar/src/${folder}/${name}.ts`);
/** What a sandbox that only runs commands, or the keeper of one machine, does not need. */
const PARTS: Partial<Record<Program, Parts>> = {
  lohar: {
    control: within(
      'control',
      ...['conversation', 'read-request', 'answers', 'job-verbs', 'manager-verbs', 'query-verbs', 'list-triggers'],
    ),
    bus: within('control', 'bus-verbs'),
    show: within('control', 'show-verb'),
    'unit-files': within('control', 'unit-file-verbs'),
    'unit-state': within('unit/install', 'file-state', 'find-unit-file'),
    activity: [...within('agent', 'activity'), ...within('manager', 'next-timer')],
    files: within(
      'agent',
      ...['files', 'file-frames', 'file-read', 'file-sink', 'file-source', 'file-write', 'folders', 'read-ahead'],
    ),
    connect: within('agent', 'connect'),
    connections: [...within('boot', 'dead-connections'), 'runtime/src/linux/tcp-destroy.ts'],
    syslog: within('journal', 'syslog-line'),
    sequence: within('journal', 'sequence'),
    stats: within('agent', 'stats'),
    session: within('agent', 'session', 'sessions'),
    restore: within('manager', 'restore-units'),
    'native-log': within('journal', 'native-message'),
    service: within('unit/service', 'step'),
    timer: [...within('unit/directive', 'timer-table'), ...within('manager', 'timer-runner')],
    socket: [
      ...within('unit/directive', 'socket-table'),
      ...within('unit/socket', 'complete-socket'),
      ...within('manager/socket', 'socket-runner'),
    ],
    automount: within('manager/mount', 'automount-runner', 'autofs'),
    device: within('manager', 'device-runner'),
    fstab: within('manager/mount', 'fstab-units'),
    mount: [
      ...within('unit/directive', 'mount-table'),
      ...within('unit/mount', 'complete-mount'),
      ...within('manager/mount', 'mount-runner'),
    ],
    path: [...within('unit/directive', 'path-table'), ...within('manager/path', 'path-runner')],
    scope: within('manager', 'scope-runner'),
    transient: [...within('control', 'transient-verbs')],
    launch: within(
      'manager/launch',
      ...['credentials', 'directories', 'environment', 'identity', 'mount-plan', 'privileges', 'sandbox', 'stdio'],
    ),
  },
  keeper: { network: ['keeper/src/network.ts'], tsc: ['keeper/src/tsc.ts'] },
};
/** Modules that are in memory when the program starts, with all that they import: of every program but PID 1 itself. */
const PRELOADED: Partial<Record<Program, string>> = {
  lohar: 'lohar/src/ctl/',
  bhatti: 'host/src/compiled/run.ts',
};
/** What stands in for Node's modules and for packages, where a program's source is also Node's. */
const STAND_INS: Partial<Record<Program, Readonly<Record<string, string>>>> = {
  bhatti: {
    'node:crypto': 'crypto',
    'node:fs': 'fs',
    'node:net': 'net',
    'node:os': 'os',
    'node:path': 'path',
    'node:util': 'style-text',
    'cli-progress': 'cli-progress',
  },
};
const KIT = 'runtime/src/test-kit';

/** One module of JavaScript: the entry, or a part that is loaded when it is first imported. */
export interface Script {
  /** 'program.js'; imports and stack frames name it. */
  readonly name: string;
  readonly code: Uint8Array;
  /** Part of the heap that is made when the program is built (preload.ts). */
  readonly preloaded: boolean;
}
export interface Bundle {
  /** The entry first. */
  readonly scripts: readonly Script[];
  /** Where each line comes from (line-map.ts). */
  readonly lines: Uint8Array;
}
export const ENTRY_SCRIPT = 'program.js';

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
  if (program !== 'tests') {
    const parts = PARTS[program] ?? {};
    const entryPoints = { program: join(ROOT, ENTRIES[program]), ...partEntries(parts) };
    return { entryPoints, plugins: [partsPlugin(ROOT, parts)] };
  }
  const files = testFiles();
  const lines = [
    `import { runTests } from './${KIT}/test.ts';`,
    ...files.map((path) => `import './${path}';`),
    'runTests();',
  ];
  return { stdin: { contents: lines.join('\n'), resolveDir: ROOT, sourcefile: 'tests.ts' }, entryNames: 'program' };
}

const nodeStandIn = (file: string): string => join(ROOT, 'host/src/compiled/node', `${file}.ts`);

/** A path as esbuild names it. */
const toRoot = (path: string): string => relative(ROOT, join(process.cwd(), path));

/**
 * What main imports with `import()` becomes a script of its own, so that a client does not pay for reading PID 1.
 * @throws esbuild's BuildFailure
 */
export async function bundle(program: Program, arch: Arch): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...input(program),
    metafile: true,
    bundle: true,
    splitting: true,
    write: false,
    outdir: '.',
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    // Asked for by a part that the program never comes to: a daemon elsewhere is Node's to speak to.
    external: ['native', 'node:tls'],
    define: { TARGET_ARCH: JSON.stringify(arch) },
    sourcemap: 'external',
    sourcesContent: false,
    charset: 'utf8',
    logLevel: 'silent',
    alias: {
      'node:test': join(ROOT, KIT, 'test.ts'),
      'node:assert/strict': join(ROOT, KIT, 'assert.ts'),
      ...Object.fromEntries(Object.entries(STAND_INS[program] ?? {}).map(([name, file]) => [name, nodeStandIn(file)])),
    },
  });
  const folder = PRELOADED[program];
  const isPreloaded = ({ entryPoint = '' }) => folder !== undefined && toRoot(entryPoint).startsWith(folder);
  const preloaded = new Set(
    Object.entries(metafile.outputs).flatMap(([path, output]) => (isPreloaded(output) ? [basename(path)] : [])),
  );
  const scripts = outputFiles
    .filter(({ path }) => path.endsWith('.js'))
    .map(({ path, contents }) => ({ name: basename(path), code: contents, preloaded: preloaded.has(basename(path)) }))
    .sort((a, b) => Number(b.name === ENTRY_SCRIPT) - Number(a.name === ENTRY_SCRIPT) || (a.name < b.name ? -1 : 1));
  const maps = outputFiles
    .filter(({ path }) => path.endsWith('.map'))
    .map(({ path, text }) => ({ script: basename(path, '.map'), map: JSON.parse(text) }));
  return { scripts, lines: lineMap(maps, toRoot) };
}
