/** Links between the project's pages: the file is there, and so is the heading. */
import { dirname, join, normalize } from 'node:path';
import type { Problem, Source } from './problem.ts';

/** The anchor that GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[`*_]/g, '')
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** @param paths every file of the project; a folder is there when a file lies in it */
export function brokenLinks(sources: readonly Source[], paths: readonly string[]): Problem[] {
  const pages = new Map(sources.filter(({ path }) => path.endsWith('.md')).map(({ path, text }) => [path, text]));
  const exists = (path: string) => path === '.' || paths.some((one) => one === path || one.startsWith(`${path}/`));
  return [...pages].flatMap(([path, text]) =>
    [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [file = '', fragment] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '');
      if (!exists(target)) return [{ where: path, what: `links to ${link}, which is not there` }];
      const page = pages.get(target);
      if (fragment === undefined || page === undefined) return [];
      const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
      return headings.includes(fragment)
        ? []
        : [{ where: path, what: `links to ${link}, a heading that is not there` }];
    }),
  );
}

/** Pages that a comment, a message or a page names by path. */
export function missingPages(sources: readonly Source[], paths: readonly string[]): Problem[] {
  return sources
    .filter(({ path }) => !path.endsWith('tidy.test.ts'))
    .flatMap((source) =>
      source.text
        .split('\n')
        .flatMap((line, i) =>
          [...line.matchAll(/(?<![\w./-])docs\/[\w/-]+\.md\b/g)]
            .filter(([page]) => !paths.includes(page))
            .map(([page]) => ({ where: `${source.path}:${i + 1}`, what: `names ${page}, which is not there` })),
        ),
    );
}
