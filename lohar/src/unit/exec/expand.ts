/** Variables in command lines, replaced when a command runs. Facts: systemd.service(5); recordings b3, b3b. */
import { splitWords, UNQUOTE_RELAXED } from '../text/words.ts';
import { isEnvironmentName } from './environment.ts';

export interface Expanded {
  readonly argv: readonly string[];
  /** Names that are set nowhere, and words that are no names: both stand for nothing and are logged. */
  readonly unset: readonly string[];
  readonly invalid: readonly string[];
}

/** `$NAME` as a whole word becomes its words, `${NAME}` anywhere its text, `$$` one dollar. */
export function expandArguments(argv: readonly string[], environment: ReadonlyMap<string, string>): Expanded {
  const unset = new Set<string>();
  const invalid = new Set<string>();
  const out: string[] = [];
  const lookUp = (name: string): string | undefined => {
    if (!isEnvironmentName(name)) invalid.add(name);
    else if (!environment.has(name)) unset.add(name);
    return environment.get(name);
  };
  for (const word of argv) {
    if (!word.includes('$')) out.push(word);
    else if (/^\$(?![{$])/.test(word)) out.push(...(splitWords(lookUp(word.slice(1)) ?? '', UNQUOTE_RELAXED) ?? []));
    else out.push(replaceBraces(word, lookUp));
  }
  return { argv: out, unset: [...unset].sort(), invalid: [...invalid].sort() };
}

/** `${a:b}` is no variable here, and neither is a brace that is never closed. */
function replaceBraces(word: string, lookUp: (name: string) => string | undefined): string {
  return word.replace(/\$(?:\$|\{([^}:]*)\})/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (lookUp(name ?? '') ?? ''),
  );
}
