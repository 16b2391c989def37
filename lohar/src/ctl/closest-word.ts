/** Which word was meant: how systemd's programs answer a verb that is none. Pure. */

/** How many letters must change to make one word of the other. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const DISTANCE_MAX = 5;
/** Longer words are no verb that someone mistyped. */
const WORD_MAX = 64;

function closest(word: string, verbs: readonly string[]): string | undefined {
  const started = verbs.filter((verb) => verb.startsWith(word)).sort((a, b) => a.length - b.length);
  if (started[0] !== undefined) return started[0];
  if (word.length > WORD_MAX) return undefined;
  const near = verbs.map((verb) => ({ verb, far: distance(verb, word) })).filter(({ far }) => far <= DISTANCE_MAX);
  return near.sort((a, b) => a.far - b.far)[0]?.verb;
}

/** @param verbs in the order of the program's own table: the first that fits is suggested */
export function unknownVerb(word: string, verbs: readonly string[]): string {
  const suggestion = closest(word, verbs);
  const hint = suggestion === undefined ? '.' : `, did you mean '${suggestion}'?`;
  return `Unknown command verb '${word}'${hint}`;
}
