/** Readers for [Unit]: dependencies, conditions, documentation. */
import { nameKind } from '../name.ts';
import { checkedPath, list, resolved } from './basic-readers.ts';
import type { Reader } from './directive.ts';

export interface Condition {
  /** `ConditionPathExists` or `AssertPathExists`. */
  readonly key: string;
  /** The kind without its prefix: `PathExists`. */
  readonly kind: string;
  /** `|`: one of these is enough. */
  readonly trigger: boolean;
  /** `!` */
  readonly negate: boolean;
  readonly parameter: string;
}

/** Names of other units; an empty value does not reset them. */
export const unitNames = list(
  (word, at) => {
    const name = resolved(word, at);
    if (name === null) return null;
    if (nameKind(name) === 'plain' || nameKind(name) === 'instance') return name;
    at.warn(`Failed to add dependency on ${name}, ignoring: Invalid argument`);
    return null;
  },
  { keepOnEmpty: true },
);

export const absolutePaths = list(
  (word, at) => {
    const path = resolved(word, at);
    return path === null ? null : checkedPath(path, 'absolute', at);
  },
  { keepOnEmpty: true },
);

const PATH_CONDITIONS: ReadonlySet<string> = new Set([
  'PathExists',
  'PathExistsGlob',
  'PathIsDirectory',
  'PathIsSymbolicLink',
  'PathIsMountPoint',
  'PathIsReadWrite',
  'PathIsEncrypted',
  'DirectoryNotEmpty',
  'FileNotEmpty',
  'FileIsExecutable',
  'NeedsUpdate',
]);
const TEXT_CONDITIONS: ReadonlySet<string> = new Set([
  'FirstBoot',
  'Architecture',
  'Firmware',
  'Virtualization',
  'Host',
  'KernelCommandLine',
  'KernelVersion',
  'Credential',
  'Security',
  'Capability',
  'ACPower',
  'Memory',
  'CPUFeature',
  'CPUs',
  'Environment',
  'User',
  'Group',
  'ControlGroupController',
  'OSRelease',
  'MemoryPressure',
  'CPUPressure',
  'IOPressure',
]);

/** The kind of condition a key asks for, or null: `ConditionHost` -> `Host`. */
export function conditionKind(key: string): string | null {
  const kind = /^(?:Condition|Assert)(\w+)$/.exec(key)?.[1] ?? '';
  return PATH_CONDITIONS.has(kind) || TEXT_CONDITIONS.has(kind) ? kind : null;
}

/** Adds one condition; an empty value removes all of them, of whatever kind. */
export const conditions: Reader<readonly Condition[]> = (value, at, before) => {
  if (value === '') return [];
  const kind = conditionKind(at.key) ?? '';
  const [, bar, bang, rest = ''] = /^(\|?)\s*(!?)\s*(.*)$/s.exec(value) ?? [];
  const parameter = at.resolve(rest);
  if (parameter === null) {
    const quoted = PATH_CONDITIONS.has(kind) ? rest : `'${rest}'`;
    at.warn(`Failed to resolve unit specifiers in ${quoted}, ignoring: Invalid slot`);
    return undefined;
  }
  const checked = PATH_CONDITIONS.has(kind) ? checkedPath(parameter, 'absolute', at) : parameter;
  if (checked === null) return undefined;
  return [...before, { key: at.key, kind, trigger: bar === '|', negate: bang === '!', parameter: checked }];
};

const URL = /^(https?:\/\/|file:\/|info:|man:)./;
export const documentation = list((word, at) => {
  const url = resolved(word, at);
  if (url === null || URL.test(url)) return url;
  at.warn(`Invalid URL, ignoring: ${url}`);
  return null;
});

export type Action =
  | 'none'
  | 'reboot'
  | 'reboot-force'
  | 'reboot-immediate'
  | 'poweroff'
  | 'poweroff-force'
  | 'poweroff-immediate'
  | 'exit'
  | 'exit-force'
  | 'soft-reboot'
  | 'soft-reboot-force'
  | 'kexec'
  | 'kexec-force'
  | 'halt'
  | 'halt-force'
  | 'halt-immediate';
const ACTIONS: readonly Action[] = [
  'none',
  'reboot',
  'reboot-force',
  'reboot-immediate',
  'poweroff',
  'poweroff-force',
  'poweroff-immediate',
  'exit',
  'exit-force',
  'soft-reboot',
  'soft-reboot-force',
  'kexec',
  'kexec-force',
  'halt',
  'halt-force',
  'halt-immediate',
];
export const action: Reader<Action> = (value, at) => {
  const known = ACTIONS.find((one) => one === value);
  if (known === undefined) at.warn(`Failed to parse ${at.key}=, ignoring: ${value}`);
  return known;
};

/** -1 when unset. */
export const exitStatus: Reader<number> = (value, at) => {
  if (value === '') return -1;
  const number = /^\d+$/.test(value) ? Number(value) : -1;
  if (number >= 0 && number <= 255) return number;
  at.warn(
    `Failed to parse exit status '${value}', ignoring: ${number > 255 ? 'Numerical result out of range' : 'Invalid argument'}`,
  );
  return undefined;
};
