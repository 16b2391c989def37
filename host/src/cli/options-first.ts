/** Options of `exec` may stand on either side of the sandbox's name, but never after the command began. */
/** What is asked of a command: its options. */
export interface HasOptions {
  readonly options: readonly {
    readonly short?: string | undefined;
    readonly long?: string | undefined;
    readonly required: boolean;
  }[];
}

/** "exec dev --timeout 5 -- sleep 9" -> "exec --timeout 5 dev -- sleep 9": what commander understands. */
export function optionsFirst(words: readonly string[], command: HasOptions): string[] {
  const takesValue = (word: string): boolean =>
    command.options.some(
      ({ short, long, required }) => required && (word === long || (word === short && word.length === 2)),
    );
  const options: string[] = [];
  let sandbox: string | undefined;
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('-') && word !== '-') {
      options.push(word);
      if (takesValue(word)) options.push(...words.slice(at + 1, at + 2));
      if (takesValue(word)) at += 1;
    } else if (sandbox === undefined) sandbox = word;
    else break;
  }
  return [...options, ...(sandbox === undefined ? [] : [sandbox]), ...words.slice(at)];
}
