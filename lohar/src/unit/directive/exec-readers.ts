/** Readers for the execution environment. Facts: systemd.exec(5). */
import { isEnvironmentAssignment, isEnvironmentName, mergeEnvironment } from '../exec/environment.ts';
import { unescapeText } from '../text/c-escape.ts';
import { splitWords, UNQUOTE_C } from '../text/words.ts';
import { parseRlimit, type Rlimit, type RlimitName } from '../value/rlimit.ts';
import { checkedPath, list, resolved } from './basic-readers.ts';
import type { Reader, Reading } from './directive.ts';

export const environment: Reader<readonly string[]> = (value, at, before) => {
  if (value === '') return [];
  const words = splitWords(value, UNQUOTE_C);
  if (words === null) {
    at.warn(`Invalid syntax, ignoring: ${value}`);
    return undefined;
  }
  const good: string[] = [];
  for (const word of words) {
    const entry = at.resolve(word);
    if (entry === null) at.warn(`Failed to resolve specifiers in ${word}, ignoring: Invalid slot`);
    else if (!isEnvironmentAssignment(entry)) at.warn(`Invalid environment assignment, ignoring: ${entry}`);
    else good.push(entry);
  }
  return mergeEnvironment(before, good);
};

export const environmentNames = list((word, at) => {
  const name = resolved(word, at);
  if (name === null || isEnvironmentName(name)) return name;
  at.warn(`Invalid environment name for ${at.key}, ignoring: ${name}`);
  return null;
});

export const unsetNames = list(
  (word, at) => {
    const name = resolved(word, at);
    if (name === null || isEnvironmentName(name) || isEnvironmentAssignment(name)) return name;
    at.warn(`Invalid environment name or assignment ${at.key}, ignoring: ${name}`);
    return null;
  },
  { rules: UNQUOTE_C },
);

/** One path (or pattern) a line; `-` before it: need not be there. */
export const environmentFiles: Reader<readonly string[]> = (value, at, before) => {
  if (value === '') return [];
  const file = resolved(value, at);
  if (file === null) return undefined;
  const dash = file.startsWith('-') ? '-' : '';
  const path = checkedPath(file.slice(dash.length), 'absolute', at);
  return path === null ? undefined : [...before, dash + path];
};

export interface WorkingDirectory {
  /** '' : the root; '~': the user's home. */
  readonly path: string;
  readonly missingOk: boolean;
}
export const workingDirectory: Reader<WorkingDirectory> = (value, at) => {
  if (value === '') return { path: '', missingOk: false };
  const missingOk = value.startsWith('-');
  const wanted = missingOk ? value.slice(1) : value;
  if (wanted === '~') return { path: '~', missingOk };
  const full = at.resolve(wanted);
  if (full === null) {
    at.warn(
      `Failed to resolve unit specifiers in working directory path '${wanted}'${missingOk ? ', ignoring' : ''}: Invalid slot`,
    );
    if (!missingOk) at.fatal();
    return undefined;
  }
  const path = checkedPath(full, 'absolute', at, !missingOk);
  return path === null ? undefined : { path, missingOk };
};

/** What the relaxed rules of systemd forbid in the name of a user or group. */
const BAD_USER = /[\p{Cc}:/]|^\s|\s$|^\.{1,2}$|^$/u;
export const userName: Reader<string> = (value, at) => {
  if (value === '') return '';
  const name = at.resolve(value);
  if (name === null) at.warn(`Failed to resolve unit specifiers in ${value}: Invalid slot`);
  else if (BAD_USER.test(name) || /^-\d+$/.test(name)) at.warn(`Invalid user/group name or numeric ID: ${name}`);
  else return name;
  at.fatal();
  return undefined;
};
export const userNames: Reader<readonly string[]> = (value, at, before) => {
  if (value === '') return [];
  return [...before, ...value.split(/\s+/).map((word) => userName(word, at, '') ?? '')].filter((name) => name !== '');
};

/** Where stdin comes from or output goes to; `target` is the path or descriptor name after the colon. */
export interface Stdio {
  readonly kind: string;
  readonly target: string;
}
const INPUTS: readonly string[] = ['null', 'tty', 'tty-force', 'tty-fail', 'socket', 'data'];
const OUTPUTS: readonly string[] = [
  'inherit',
  'null',
  'tty',
  'kmsg',
  'kmsg+console',
  'journal',
  'journal+console',
  'socket',
];
export const input: Reader<Stdio> = (value, at) => {
  if (INPUTS.includes(value)) return { kind: value, target: '' };
  const known = withTarget(value, ['fd', 'file'], at);
  if (known === undefined) at.warn(`Failed to parse input specifier, ignoring: ${value}`);
  return known ?? undefined;
};
export const output: Reader<Stdio> = (value, at) => {
  const current = value.replace(/^syslog(?=\+console$|$)/, 'journal');
  if (current !== value)
    at.warn(
      `Standard output type ${value} is obsolete, automatically updating to ${current}. Please update your unit file, and consider removing the setting altogether.`,
    );
  if (OUTPUTS.includes(current)) return { kind: current, target: '' };
  const known = withTarget(value, ['fd', 'file', 'append', 'truncate'], at);
  if (known === undefined) at.warn(`Failed to parse output specifier, ignoring: ${value}`);
  return known ?? undefined;
};

/** undefined: no such kind; null: a bad target, warned about. */
function withTarget(value: string, kinds: readonly string[], at: Reading): Stdio | null | undefined {
  const colon = value.indexOf(':');
  const kind = value.slice(0, Math.max(colon, 0));
  if (value === 'fd') return { kind: 'fd', target: '' };
  if (!kinds.includes(kind)) return undefined;
  const rest = at.resolve(value.slice(colon + 1));
  if (rest === null) {
    at.warn(`Failed to resolve unit specifiers in ${value.slice(colon + 1)}, ignoring: Invalid slot`);
    return null;
  }
  if (kind === 'fd') return { kind, target: rest };
  const path = checkedPath(rest, 'absolute', at);
  return path === null ? null : { kind, target: path };
}

/** Bytes that a unit may hand its process on stdin. */
export const INPUT_DATA_MAX = 64 * 1024 * 1024;
/** One line of text; a newline is added. */
export const inputText: Reader<string> = (value, at, before) => {
  if (value === '') return '';
  const plain = unescapeText(value);
  if (plain === null) {
    at.warn(`Failed to decode C escaped text '${value}', ignoring: Invalid argument`);
    return undefined;
  }
  const full = resolved(plain, at);
  if (full === null || before.length + full.length >= INPUT_DATA_MAX) return undefined;
  return `${before}${full}\n`;
};

export function rlimit(name: RlimitName): Reader<Rlimit | null> {
  return (value, at) => {
    const parsed = parseRlimit(name, value);
    if (parsed === null) at.warn(`Failed to parse resource value, ignoring: ${value}`);
    return parsed ?? undefined;
  };
}

/** `-+/path`: `-` it may be missing, `+` it lies in RootDirectory=. */
export const namespacePaths = list((word, at) => {
  const flags = /^-?\+?/.exec(word)?.[0] ?? '';
  const full = resolved(word.slice(flags.length), at);
  if (full === null) return null;
  const path = checkedPath(full, 'absolute', at);
  return path === null ? null : flags + path;
});

export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly recursive: boolean;
  readonly missingOk: boolean;
}
export const binds = list<Bind>((word, at) => {
  const [from = '', to, options = 'rbind'] = word.split(':');
  const missingOk = from.startsWith('-');
  const source = boundPath(missingOk ? from.slice(1) : from, at);
  const destination = to === undefined ? source : boundPath(to, at);
  if (source === null || destination === null) return null;
  if (options === 'rbind' || options === 'norbind' || options === '')
    return { source, destination, recursive: options !== 'norbind', missingOk };
  at.warn(`Invalid option string, ignoring setting: ${options}`);
  return null;
});
function boundPath(text: string, at: Reading): string | null {
  const full = resolved(text, at);
  return full === null ? null : checkedPath(full, 'absolute', at);
}

export interface TemporaryFileSystem {
  readonly path: string;
  readonly options: string;
}
export const temporaryFileSystems = list<TemporaryFileSystem>((word, at) => {
  const colon = word.indexOf(':');
  const path = boundPath(colon < 0 ? word : word.slice(0, colon), at);
  return path === null ? null : { path, options: colon < 0 ? '' : word.slice(colon + 1) };
});

/** A directory below /run, /var/lib ...; `link` is the name of a symlink to it. */
export interface OwnDirectory {
  readonly path: string;
  readonly link: string;
}
export const directories = list<OwnDirectory>((word, at) => {
  const [from = '', to = ''] = word.split(':');
  const path = ownPath(from, at);
  if (path === null) return null;
  if (path === 'private' || path.startsWith('private/')) {
    at.warn(`${at.key}= path can't be 'private', ignoring assignment: ${word}`);
    return null;
  }
  if (to === '') return { path, link: '' };
  if (at.key === 'ConfigurationDirectory') {
    at.warn(`Destination parameter is not supported for ConfigurationDirectory, ignoring: ${word}`);
    return null;
  }
  const link = ownPath(to, at);
  return link === null ? null : { path, link };
});
function ownPath(text: string, at: Reading): string | null {
  const full = resolved(text, at);
  return full === null ? null : checkedPath(full, 'relative', at);
}

/** A secret handed over as a file: its text, or where it comes from. */
export interface Credential {
  readonly name: string;
  readonly value: string;
}
const CREDENTIAL_NAME = /^(?!\.{1,2}$)[^\p{Cc}/:]{1,255}$/u;
export const setCredential: Reader<readonly Credential[]> = (value, at, before) => {
  if (value === '') return [];
  const one = credential(value, at);
  if (one === null) return undefined;
  const text = unescapeText(one.value);
  if (text === null) {
    at.warn(`Can't unescape "${one.value}", ignoring: Invalid argument`);
    return undefined;
  }
  return [...before.filter((old) => old.name !== one.name), { name: one.name, value: text }];
};
/** Without a path the name is looked for among the machine's own credentials. */
export const loadCredential: Reader<readonly Credential[]> = (value, at, before) => {
  if (value === '') return [];
  const one = credential(value.includes(':') ? value : `${value}:${value}`, at);
  if (one === null) return undefined;
  const path = at.resolve(one.value);
  if (path === null) return undefined;
  return [...before.filter((old) => old.name !== one.name), { name: one.name, value: path }];
};
function credential(value: string, at: Reading): Credential | null {
  const colon = value.indexOf(':');
  if (colon < 0) {
    at.warn(`Invalid syntax, ignoring: ${value}`);
    return null;
  }
  const name = at.resolve(value.slice(0, colon));
  if (name !== null && CREDENTIAL_NAME.test(name)) return { name, value: value.slice(colon + 1) };
  at.warn(`Credential name "${name ?? value.slice(0, colon)}" not valid, ignoring.`);
  return null;
}
