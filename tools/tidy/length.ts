/** How long files may be, and how long they are. (How long functions may be is a rule of biome.json.) */
import { isCode, isTest, type Problem, type Source } from './problem.ts';

const LINES_MAX = 500;
const LINES_USUAL = 300;

/** Tables of data that may be longer, each with its reason. */
const TABLES: Readonly<Record<string, string>> = {};

const count = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

export function tooLong(sources: readonly Source[], tables = TABLES): Problem[] {
  return sources
    .filter(({ path }) => isCode(path) && !(path in tables))
    .filter(({ text }) => count(text) > LINES_MAX)
    .map(({ path, text }) => ({ where: path, what: `has ${count(text)} lines, more than ${LINES_MAX}: split it` }));
}

/** '210 source files, median 87 lines, 97 % under 300' (tests left out). */
export function lengths(sources: readonly Source[]): string {
  const sizes = sources
    .filter(({ path }) => isCode(path) && !isTest(path))
    .map(({ text }) => count(text))
    .sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const usual = sizes.filter((size) => size < LINES_USUAL).length / Math.max(1, sizes.length);
  return `${sizes.length} source files, median ${median} lines, ${Math.floor(usual * 100)} % under ${LINES_USUAL}`;
}
