/** package.json files: one version, every dependency pinned, used and declared where it is used. */
import { importsOf } from './imports.ts';
import { isTest, type Problem, type Source } from './problem.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Dependencies that are programs or types, so no file imports them. */
const NOT_IMPORTED = /^@types\/|^(@biomejs\/biome|esbuild|node|typescript)$/;

export function packageProblems(sources: readonly Source[]): Problem[] {
  const manifests = new Map<string, Manifest>(
    sources
      .filter(({ path }) => /^([a-z]+\/)?package\.json$/.test(path))
      .map(({ path, text }) => [path, JSON.parse(text)]),
  );
  const version = manifests.get('package.json')?.version;
  const all = [...manifests].flatMap(([path, { dependencies, devDependencies }]) =>
    Object.entries({ ...dependencies, ...devDependencies }).map(([name, wanted]) => ({ path, name, wanted })),
  );
  const used = new Set(
    sources.flatMap((source) => importsOf(source).flatMap((to) => (to.kind === 'package' ? [to.name] : []))),
  );
  return [
    ...[...manifests]
      .filter(([, manifest]) => manifest.version !== version)
      .map(([where, manifest]) => ({ where, what: `has version ${manifest.version}, the root has ${version}` })),
    ...all
      .filter(({ wanted }) => !/^\d/.test(wanted))
      .map(({ path, name, wanted }) => ({ where: path, what: `does not pin ${name} (${wanted})` })),
    ...all
      .filter(({ name }) => !used.has(name) && !NOT_IMPORTED.test(name))
      .map(({ path, name }) => ({ where: path, what: `depends on ${name}, which no file imports` })),
    ...sources.flatMap((source) => strayVersions(source, version ?? '')),
  ];
}

/** The version stands in package.json; code that needs it reads or imports it, so that all places agree. */
function strayVersions({ path, text }: Source, version: string): Problem[] {
  if (!/\.(ts|mjs|c)$/.test(path) || isTest(path) || version === '') return [];
  return text.includes(`'${version}'`) || text.includes(`"${version}"`)
    ? [{ where: path, what: `writes the version ${version} again` }]
    : [];
}
