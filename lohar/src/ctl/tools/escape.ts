/** systemd-escape: strings as parts of unit names. Texts: systemd 255. */
import { instanceOf, nameKind, typeOfName, withInstance } from '../../unit/name.ts';
import { escapeName, escapePath, mangleName, unescapeName, unescapePath } from '../../unit/name-escape.ts';
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const SPECS = [
  { long: 'version' },
  { long: 'suffix', argument: 'required' },
  { long: 'template', argument: 'required' },
  { long: 'instance' },
  { long: 'path', short: 'p' },
  { long: 'unescape', short: 'u' },
  { long: 'mangle', short: 'm' },
] as const;

interface Wish {
  readonly asked: ReadonlySet<string>;
  readonly suffix: string;
  readonly template: string;
}

export function escapeWords(program: Program): number {
  const asked = new Set<string>();
  const values = { suffix: '', template: '' };
  const words = parseOptions(program.name, program.argv, SPECS, (option, value = '') => {
    asked.add(option);
    if (option === 'suffix' && typeOfName(`x.${value}`) === null)
      throw new UsageError(`Invalid unit suffix type ${value}.`);
    if (option === 'template' && nameKind(value) !== 'template')
      throw new UsageError(`Template name ${value} is not valid.`);
    if (option === 'suffix' || option === 'template') values[option] = value;
  });
  if (asked.has('version')) {
    program.out(VERSION_TEXT);
    return 0;
  }
  if (words.length === 0) throw new UsageError('Not enough arguments.');
  const wish: Wish = { asked, ...values };
  program.out(`${words.map((word) => one(program, word, wish)).join(' ')}\n`);
  return 0;
}

function one(program: Program, word: string, wish: Wish): string {
  if (wish.asked.has('mangle')) return mangled(word);
  if (wish.asked.has('unescape')) return unescaped(word, wish);
  const escaped = wish.asked.has('path') ? pathEscaped(program, word) : escapeName(word);
  if (wish.template !== '') return withInstance(wish.template, escaped);
  return wish.suffix === '' ? escaped : `${escaped}.${wish.suffix}`;
}

function mangled(word: string): string {
  const name = mangleName(word, '.service', false);
  if (name.is !== 'name') throw new UsageError('Failed to mangle name: Invalid argument');
  return name.name;
}

/** A path that was none cannot be told from one when it is unescaped: that is said. */
function pathEscaped(program: Program, word: string): string {
  const escaped = escapePath(word);
  const what = `Input '${word}' is not an absolute file system path`;
  if (escaped === null) throw new UsageError(`${what}, failed to escape.`);
  if (word === '') program.err("Input '' is not a valid file system path, escaping is likely not going be reversible.");
  else if (!word.startsWith('/')) program.err(`${what}, escaping is likely not going to be reversible.`);
  return escaped;
}

function unescaped(word: string, { asked, template }: Wish): string {
  const part = template !== '' || asked.has('instance') ? (instanceOf(word) ?? '') : word;
  const plain = asked.has('path') ? unescapePath(part) : unescapeName(part);
  if (plain === null) throw new UsageError('Failed to unescape string: Invalid argument');
  return plain;
}
