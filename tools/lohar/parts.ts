/**
 * Parts of PID 1 that rarely run: each is a script of its own, read when one of its functions is first called, without a
 * word about it in the source. What imports a file of a part gets a stand-in of it, whose functions read the part and
 * call the real ones; so only functions can be imported from outside (esbuild names whatever else somebody imports).
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

/** Files of each part; what they alone import comes along. */
export type Parts = Readonly<Record<string, readonly string[]>>;

const scriptName = (part: string): string => `part-${part}`;

/** Entry points of the parts, for esbuild. */
export const partEntries = (parts: Parts): Record<string, string> =>
  Object.fromEntries(Object.keys(parts).map((part) => [scriptName(part), `part:${part}`]));

/** @returns names of the functions that a module exports */
export const exportedFunctions = (source: string): string[] =>
  [...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = '']) => name);

/** A module with the same functions. */
export function standIn(part: string, functions: readonly string[]): string {
  const calls = functions.map((name) => `export function ${name}(...args) { return real().${name}(...args); }`);
  return [`import { real } from 'reader:${part}';`, ...calls].join('\n');
}

/** All stand-ins of a part share what it gave. */
const reader = (part: string): string =>
  [
    "import { readPart } from 'native';",
    'let part;',
    `export function real() { return (part ??= readPart('${scriptName(part)}.js')); }`,
  ].join('\n');

/** @param root what the paths of `parts` are relative to */
export function partsPlugin(root: string, parts: Parts): Plugin {
  const partOf = new Map(Object.entries(parts).flatMap(([part, files]) => files.map((file) => [file, part])));
  const standInOf = (file: string): string =>
    standIn(partOf.get(file) ?? '', exportedFunctions(readFileSync(join(root, file), 'utf8')));
  const whole = (part: string): string => (parts[part] ?? []).map((file) => `export * from './${file}';`).join('\n');
  return {
    name: 'parts',
    setup(build) {
      for (const [namespace, contents] of Object.entries({ part: whole, reader, 'stand-in': standInOf })) {
        const filter = new RegExp(`^${namespace}:`);
        build.onResolve({ filter }, ({ path }) => ({ path: path.slice(namespace.length + 1), namespace }));
        build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: contents(path), resolveDir: root }));
      }
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, importer, namespace }) => {
        const file = relative(root, join(resolveDir, path));
        const part = partOf.get(file);
        const inside = namespace === 'part' || partOf.get(relative(root, importer)) === part;
        return part === undefined || inside ? undefined : { path: file, namespace: 'stand-in' };
      });
    },
  };
}
