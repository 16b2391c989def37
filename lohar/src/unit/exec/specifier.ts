/** `%` specifiers. Facts: systemd.unit(5), "Specifiers". */
import { instanceOf, prefixOf, stem } from '../name.ts';
import { unescapeName, unescapePath } from '../name-escape.ts';

/** Expands the specifiers of a text; null when one cannot be resolved. */
export type Resolve = (text: string) => string | null;

/** What specifiers tell of the machine, looked up only when one asks. */
export interface Machine {
  readonly machineId: () => string;
  readonly bootId: () => string;
  readonly hostname: () => string;
  readonly kernelRelease: () => string;
  /** `x86-64`, `arm64` */
  readonly architecture: string;
  /** A field of os-release, '' when it has none. */
  readonly osRelease: (field: string) => string;
  readonly rootHome: () => string;
  readonly rootShell: () => string;
}

export interface UnitNames {
  readonly id: string;
  /** '' when the unit has no file. */
  readonly fragment: string;
}

/** A text grows to this at most. */
const RESULT_SIZE_MAX = 128 * 1024;

/** @returns the expander for one unit's settings */
export function specifiersOf(unit: UnitNames, machine: Machine): Resolve {
  return (text) => (text.includes('%') ? expand(text, unit, machine) : text);
}

function expand(text: string, unit: UnitNames, machine: Machine): string | null {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at);
    if (percent < 0 || percent === text.length - 1) return bounded(out + text.slice(at));
    out += text.slice(at, percent);
    const letter = text.charAt(percent + 1);
    const value = letter === '%' ? '%' : specifier(letter, unit, machine);
    if (value === null) return null;
    out += value;
    if (out.length > RESULT_SIZE_MAX) return null;
    at = percent + 2;
  }
  return bounded(out);
}

const bounded = (text: string): string | null => (text.length > RESULT_SIZE_MAX ? null : text);

/** A character that is neither letter nor digit is no specifier and stays, with its percent sign. */
function specifier(letter: string, unit: UnitNames, machine: Machine): string | null {
  const fixed = FIXED[letter];
  if (fixed !== undefined) return fixed;
  const own = ofUnit(letter, unit);
  if (own !== undefined) return own;
  const release = OS_RELEASE[letter];
  if (release !== undefined) return machine.osRelease(release);
  switch (letter) {
    case 'm':
      return machine.machineId();
    case 'b':
      return machine.bootId();
    case 'H':
    case 'q':
      return machine.hostname();
    case 'l':
      return machine.hostname().split('.', 1)[0] ?? '';
    case 'v':
      return machine.kernelRelease();
    case 'a':
      return machine.architecture;
    case 'h':
      return machine.rootHome();
    case 's':
      return machine.rootShell();
    default:
      return /[0-9A-Za-z]/.test(letter) ? null : `%${letter}`;
  }
}

const FIXED: Readonly<Record<string, string>> = {
  t: '/run',
  S: '/var/lib',
  C: '/var/cache',
  L: '/var/log',
  E: '/etc',
  T: '/tmp',
  V: '/var/tmp',
  u: 'root',
  U: '0',
  g: 'root',
  G: '0',
};
const OS_RELEASE: Readonly<Record<string, string>> = {
  o: 'ID',
  w: 'VERSION_ID',
  W: 'VARIANT_ID',
  B: 'BUILD_ID',
  A: 'IMAGE_VERSION',
  M: 'IMAGE_ID',
};

function ofUnit(letter: string, unit: UnitNames): string | null | undefined {
  const prefix = prefixOf(unit.id);
  const instance = instanceOf(unit.id) ?? '';
  const lastPart = prefix.slice(prefix.lastIndexOf('-') + 1);
  switch (letter) {
    case 'n':
      return unit.id;
    case 'N':
      return stem(unit.id);
    case 'p':
      return prefix;
    case 'P':
      return unescapeName(prefix);
    case 'i':
      return instance;
    case 'I':
      return unescapeName(instance);
    case 'j':
      return lastPart;
    case 'J':
      return unescapeName(lastPart);
    case 'f': {
      const name = instance === '' ? prefix : instance;
      return name.startsWith('-') ? unescapePath(name) : `/${unescapeName(name) ?? ''}`;
    }
    case 'y':
      return unit.fragment;
    case 'Y':
      return unit.fragment.slice(0, unit.fragment.lastIndexOf('/'));
    case 'd':
      return `/run/credentials/${unit.id}`;
    default:
      return undefined;
  }
}
