/** Who imports whom, read from the text: all imports of the project are static and begin a line. */
import { dirname, join } from 'node:path';
import type { Source } from './problem.ts';

export type Import =
  | { readonly kind: 'file'; readonly path: string; readonly typeOnly: boolean }
  | { readonly kind: 'node' | 'package'; readonly name: string; readonly typeOnly: boolean };

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\('([^']+)'\)/g;

/** '@hono/zod-openapi/x' -> '@hono/zod-openapi' */
const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function resolve(from: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('.')) return { kind: 'file', path: join(dirname(from), specifier), typeOnly };
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier, typeOnly };
  const own = /^@bhatti\/([a-z]+)\/(.+)$/.exec(specifier);
  if (own) return { kind: 'file', path: `${own[1]}/src/${own[2]}`, typeOnly };
  return { kind: 'package', name: packageName(specifier), typeOnly };
}

export function importsOf(source: Source): Import[] {
  return [
    ...[...source.text.matchAll(STATEMENT)].map(([, type, name = '']) =>
      resolve(source.path, name, type !== undefined),
    ),
    ...[...source.text.matchAll(DYNAMIC)].map(([, name = '']) => resolve(source.path, name, false)),
  ];
}

/** A circle of imports, first file again at its end; undefined when there is none. Types do not count: they are erased. */
export function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return undefined;
    for (const next of graph.get(path) ?? []) {
      const found = visit(next, [...trail, path]);
      if (found) return found;
    }
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const found = visit(path, []);
    if (found) return found;
  }
  return undefined;
}
