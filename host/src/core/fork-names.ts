import { NAME_LENGTH_MAX } from './name.ts';

/**
 * What forks are called: as asked for when there is one of them and it was given a name, else that with the lowest numbers
 * that are free.
 * @param stem the name asked for, or that of the sandbox @param taken names of all sandboxes
 */
export function forkNames(stem: string, count: number, given: boolean, taken: ReadonlySet<string>): string[] {
  if (given && count === 1) return [stem];
  const found: string[] = [];
  for (let number = 1; found.length < count; number += 1) {
    const suffix = `-${number}`;
    const name = stem.slice(0, NAME_LENGTH_MAX - suffix.length).replace(/-+$/, '') + suffix;
    if (!taken.has(name)) found.push(name);
  }
  return found;
}
