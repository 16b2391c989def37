/** node tools/tidy/main.ts: style as a test. Prints every problem, and how long the files are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bordersCrossed, circular } from './borders.ts';
import { projectFiles } from './files.ts';
import { lengths, tooLong } from './length.ts';
import { brokenLinks, missingPages } from './links.ts';
import { badNames } from './names.ts';
import { packageProblems } from './packages.ts';
import type { Problem, Source } from './problem.ts';
import { bannedWords, unknownHosts } from './words.ts';

/** Text of other authors, and what recordings hold, is kept as it came. */
const FOREIGN = /^(LICENSE|package-lock\.json|tests\/corpus\/)/;
const TEXT_SIZE_MAX = 1024 * 1024;

const root = join(import.meta.dirname, '../..');
const paths = projectFiles(root);
const sources: Source[] = paths
  .filter((path) => !FOREIGN.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  .filter(({ text }) => text.length <= TEXT_SIZE_MAX && !text.includes('\0'));

const problems: Problem[] = [
  ...tooLong(sources),
  ...badNames(paths),
  ...sources.flatMap(bannedWords),
  ...sources.flatMap(unknownHosts),
  ...bordersCrossed(sources),
  ...circular(sources),
  ...brokenLinks(sources, paths),
  ...missingPages(sources, paths),
  ...packageProblems(sources),
];
for (const { where, what } of problems) console.log(`${where} ${what}`);
console.log(lengths(sources));
process.exitCode = problems.length === 0 ? 0 : 1;
