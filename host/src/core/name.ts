import { BhattiError } from '@bhatti/wire/errors.ts';

/** RFC 1123 section 2.1: a name becomes the guest's host name, so it is one DNS label. */
export const NAME_LENGTH_MAX = 63;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Shows a value somebody typed without letting it flood or repaint a terminal. */
export function shown(value: string): string {
  const cut = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return JSON.stringify(cut);
}

function whyNotAName(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > NAME_LENGTH_MAX) return `it has ${name.length} characters, ${NAME_LENGTH_MAX} are allowed`;
  if (name.startsWith('-')) return 'it begins with a dash';
  if (name.endsWith('-')) return 'it ends with a dash';
  if (!LABEL.test(name)) return 'only a-z, 0-9 and dashes inside are allowed';
  return undefined;
}

/**
 * A sandbox's name, when it is one.
 * @throws BhattiError name.invalid
 */
export function sandboxName(name: string): string {
  const why = whyNotAName(name);
  if (why === undefined) return name;
  const tame = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, '');
  throw new BhattiError('name.invalid', `cannot name a sandbox ${shown(name)}: ${why}`, {
    remedy: tame === '' ? 'choose a name such as dev' : `choose a name such as ${tame}`,
  });
}

const FIRST = ['amber', 'brisk', 'calm', 'dusty', 'early', 'fair', 'glad', 'hazel', 'keen', 'lucid', 'mild', 'noble'];
const SECOND = [
  'anvil',
  'bellows',
  'brick',
  'clay',
  'ember',
  'flame',
  'forge',
  'furnace',
  'glaze',
  'kiln',
  'oven',
  'spark',
];

/** A name for who gave none; `random` has 4 bytes at least. */
export function inventName(random: Uint8Array): string {
  const [a = 0, b = 0, c = 0, d = 0] = random;
  return `${FIRST[a % FIRST.length]}-${SECOND[b % SECOND.length]}-${(c * 256 + d).toString(16).padStart(4, '0')}`;
}
