/** One thing that tidy found: where, and what is wrong with it. */
export interface Problem {
  /** Path below the root, with ':line' where a line is to blame. */
  readonly where: string;
  readonly what: string;
}

/** A file of the project with its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export const isCode = (path: string): boolean => /\.(ts|mjs|c|h|sh)$/.test(path);
export const isTest = (path: string): boolean =>
  /\.(test|fuzz|kernel-test|contract)\.ts$/.test(path) ||
  path.startsWith('tests/') ||
  path.includes('/test-kit/') ||
  path === 'wire/src/fuzz-rounds.ts';

/** A problem for each line that matches. */
export function lines(source: Source, pattern: RegExp, what: string): Problem[] {
  return source.text
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [{ where: `${source.path}:${i + 1}`, what }] : []));
}
