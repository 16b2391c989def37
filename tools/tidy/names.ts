/** What files may be called. */
import { basename } from 'node:path';
import { isCode, type Problem } from './problem.ts';

/** Names that say nothing of what is inside. */
const EMPTY_NAMES = /^(index|utils?|types?|helpers?|common|misc|shared)\./;
/** The names that tools and readers look for as they are. */
const FIXED = /^(README\.md|LICENSE|Dockerfile|Makefile)$/;

export function badNames(paths: readonly string[]): Problem[] {
  return paths
    .filter((path) => isCode(path) || path.endsWith('.md'))
    .flatMap((path) => {
      const name = basename(path);
      if (EMPTY_NAMES.test(name)) return [{ where: path, what: 'is named for nothing: name it for its subject' }];
      if (!FIXED.test(name) && !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(name))
        return [{ where: path, what: 'is not kebab-case' }];
      return [];
    });
}
