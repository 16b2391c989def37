/** What a folder may import: one row a folder, the longest that fits a file rules it. */
import { circle, type Import, importsOf } from './imports.ts';
import { isTest, type Problem, type Source } from './problem.ts';

interface Border {
  /** Its own files are always allowed. */
  readonly folder: string;
  readonly may: readonly string[];
  /** Node's own modules: 'node:' for all of them. */
  readonly node: boolean;
  /** Packages of other authors. */
  readonly packages: readonly string[];
}

const pure = (folder: string, ...may: string[]): Border => ({ folder, may, node: false, packages: [] });
const adapter = (folder: string, packages: readonly string[] = [], ...may: string[]): Border => ({
  folder,
  may: ['host/src/ports', 'host/src/core', 'wire/src', ...may],
  node: true,
  packages,
});

export const BORDERS: readonly Border[] = [
  pure('wire/src'),
  { ...pure('runtime/src'), packages: ['native'] }, // its own C module
  pure('lohar/src', 'wire/src', 'runtime/src'),
  pure('lohar/src/unit', 'wire/src', 'runtime/src/linux/ip-text.ts'), // pure as well
  pure('keeper/src', 'runtime/src'),
  pure('host/src/core', 'wire/src', 'host/src/ports/engine.ts'), // the states of a VM
  { folder: 'host/src/ports', may: ['host/src/core', 'wire/src'], node: true, packages: [] },
  {
    folder: 'host/src/operations',
    may: ['host/src/ports', 'host/src/core', 'wire/src'],
    node: true,
    packages: [],
  },
  {
    folder: 'host/src/api',
    may: ['host/src/operations', 'host/src/ports', 'host/src/core', 'wire/src'],
    node: true,
    packages: ['@hono/node-server', '@hono/zod-openapi', 'hono', 'ws', 'zod'],
  },
  { folder: 'host/src/cli', may: ['wire/src'], node: true, packages: ['cli-progress', 'commander', 'ws', 'zod'] },
  // The CLI in our own runtime; what is asked of Node is answered by its folder node/.
  {
    folder: 'host/src/compiled',
    may: ['host/src/cli', 'host/src/main/data-directory.ts', 'wire/src', 'runtime/src'],
    node: false,
    packages: ['commander'], // its types, which the verbs are written for
  },
  // What host and keeper tell each other is written down once, in the keeper.
  adapter('host/src/engine', ['zod'], 'keeper/src/job.ts', 'keeper/src/network-job.ts', 'keeper/src/chunk-map.ts'),
  adapter('host/src/store', ['kysely']),
  adapter('host/src/images', ['zod']),
  adapter('host/src/builder', ['yaml', 'zod'], 'host/src/images'),
  adapter('host/src/setup'),
  adapter('host/src/release', ['zod'], 'host/src/images', 'host/src/builder'),
  {
    folder: 'host/src/main',
    may: ['host/src', 'wire/src'],
    node: true,
    packages: ['commander', 'pino', 'yaml', 'zod'],
  },
  { folder: 'tiers', may: ['host/src/cli/smoke'], node: true, packages: ['ws'] },
  { folder: 'tools', may: ['wire/src'], node: true, packages: ['esbuild'] },
  {
    folder: 'tools/lohar',
    may: ['tools', 'wire/src', 'host/src/builder', 'host/src/ports', 'runtime/src/errors'],
    node: true,
    packages: ['esbuild'],
  },
  {
    folder: 'bench',
    may: ['tools', 'host/src', 'wire/src', 'tests/services', 'tests/field'],
    node: true,
    packages: ['ws'],
  },
  {
    folder: 'tests',
    may: ['tools', 'host/src', 'wire/src', 'runtime/src', 'lohar/src', 'keeper/src', 'tiers'],
    node: true,
    packages: ['ws'],
  },
];

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function borderOf(path: string, borders: readonly Border[]): Border | undefined {
  return borders
    .filter(({ folder }) => within(path, folder))
    .reduce<Border | undefined>(
      (best, next) => (best && best.folder.length > next.folder.length ? best : next),
      undefined,
    );
}

function crosses(border: Border, to: Import, test: boolean): string | undefined {
  // Its own package.json holds a workspace's version.
  if (to.kind === 'file' && to.path === `${border.folder.split('/')[0]}/package.json`) return undefined;
  if (to.kind === 'file' && test && within(to.path, 'host/src/ports')) return undefined;
  if (to.kind === 'file')
    return [border.folder, ...border.may].some((folder) => within(to.path, folder)) ? undefined : to.path;
  if (to.kind === 'node') return border.node || test ? undefined : to.name;
  return border.packages.includes(to.name) ? undefined : to.name;
}

/** Imports over a border. Tests may use Node and the ports' fakes, but know no other folder than their subject does. */
export function bordersCrossed(sources: readonly Source[], borders = BORDERS): Problem[] {
  return sources
    .filter(({ path }) => /\.(ts|mjs)$/.test(path))
    .flatMap((source) => {
      const border = borderOf(source.path, borders);
      if (border === undefined) return [];
      return importsOf(source)
        .map((to) => crosses(border, to, isTest(source.path)))
        .filter((to) => to !== undefined)
        .map((to) => ({ where: source.path, what: `imports ${to}, which ${border.folder} may not` }));
    });
}

export function circular(sources: readonly Source[]): Problem[] {
  const graph = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap((to) => (to.kind === 'file' && !to.typeOnly ? [to.path] : [])),
    ]),
  );
  const found = circle(graph);
  return found ? [{ where: found[0] ?? '', what: `is in a circle of imports: ${found.join(' -> ')}` }] : [];
}
