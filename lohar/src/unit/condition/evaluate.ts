/** Conditions and asserts. Facts: systemd.unit(5), "Conditions and Asserts". Those that nobody can test hold, with a notice. */
import type { Condition } from '../directive/unit-readers.ts';
import { capabilityNumber } from '../value/capability.ts';
import { parseBoolean } from '../value/scalar.ts';
import { parseSize } from '../value/size.ts';
import { compareNumbers, compareVersions, globMatches } from './compare.ts';

/** What conditions ask of the machine. Everything is looked up when asked. */
export interface ConditionWorld {
  exists(path: string): boolean;
  /** The first path that a pattern fits. */
  firstMatch(pattern: string): string | null;
  isDirectory(path: string): boolean;
  isSymlink(path: string): boolean;
  isMountPoint(path: string): boolean;
  isReadWrite(path: string): boolean;
  isDirectoryNotEmpty(path: string): boolean;
  isFileNotEmpty(path: string): boolean;
  isExecutable(path: string): boolean;
  /** Whether /usr is newer than what was last made of it in this folder (/etc, /var). */
  needsUpdate(folder: string): boolean;
  readonly firstBoot: boolean;
  readonly architecture: string;
  /** Under which hypervisor ('qemu', 'kvm', 'none'); containers are never what we run in. */
  virtualization(): string;
  hostname(): string;
  machineId(): string;
  kernelCommandLine(): string;
  kernelRelease(): string;
  /** Capabilities in PID 1's bounding set. */
  capabilities(): bigint;
  memoryBytes(): number;
  cpus(): number;
  /** Of the manager's environment block. */
  environment(): readonly string[];
  controllers(): readonly string[];
  osRelease(field: string): string;
  hasCredential(name: string): boolean;
}

export interface Tested {
  readonly holds: boolean;
  /** `ConditionPathExists=|!/nope` of those that did not hold. */
  readonly unmet: readonly string[];
  /** Kinds that hold because nobody can tell. */
  readonly unknown: readonly string[];
}

/** Plain conditions must all hold, and of those with `|` at least one. */
export function testConditions(conditions: readonly Condition[], world: ConditionWorld): Tested {
  const unmet: string[] = [];
  const unknown: string[] = [];
  let plain = true;
  let triggers: boolean | null = null;
  for (const condition of conditions) {
    const answer = evaluate(condition.kind, condition.parameter, world);
    if (answer === null) unknown.push(condition.key);
    const holds = answer === null || answer !== condition.negate;
    if (!holds) unmet.push(describe(condition));
    if (condition.trigger) triggers = triggers === true || holds;
    else plain &&= holds;
  }
  return { holds: plain && triggers !== false, unmet, unknown };
}

export function describe({ key, trigger, negate, parameter }: Condition): string {
  return `${key}=${trigger ? '|' : ''}${negate ? '!' : ''}${parameter}`;
}

type Test = (parameter: string, world: ConditionWorld) => boolean | null;

const TESTS: Readonly<Record<string, Test>> = {
  PathExists: (path, world) => world.exists(path),
  PathExistsGlob: (pattern, world) => world.firstMatch(pattern) !== null,
  PathIsDirectory: (path, world) => world.isDirectory(path),
  PathIsSymbolicLink: (path, world) => world.isSymlink(path),
  PathIsMountPoint: (path, world) => world.isMountPoint(path),
  PathIsReadWrite: (path, world) => world.isReadWrite(path),
  PathIsEncrypted: () => false,
  DirectoryNotEmpty: (path, world) => world.isDirectoryNotEmpty(path),
  FileNotEmpty: (path, world) => world.isFileNotEmpty(path),
  FileIsExecutable: (path, world) => world.isExecutable(path),
  NeedsUpdate: (folder, world) => world.needsUpdate(folder),
  FirstBoot: (text, world) => flag(text, world.firstBoot),
  Architecture: (text, world) => text === world.architecture || text === 'native',
  Firmware: () => null,
  Virtualization: virtualization,
  Host: (text, world) =>
    globMatches(text, world.hostname()) || text.replaceAll('-', '').toLowerCase() === world.machineId(),
  KernelCommandLine: kernelCommandLine,
  KernelVersion: (text, world) => versions(text, world.kernelRelease()),
  Credential: (name, world) => world.hasCredential(name),
  Security: security,
  Capability: capability,
  ACPower: (text) => flag(text, true),
  Memory: (text, world) => numbers(text, world.memoryBytes(), parseSize),
  CPUs: (text, world) => numbers(text, world.cpus(), (one) => (/^\d+$/.test(one) ? Number(one) : null)),
  Environment: (text, world) => world.environment().some((entry) => entry === text || entry.startsWith(`${text}=`)),
  // They ask who the manager runs as, and that is root.
  User: (name) => name === 'root' || name === '0' || name === '@system',
  Group: (name) => name === 'root' || name === '0',
  ControlGroupController: (text, world) => controllers(text, world),
  OSRelease: osRelease,
};

/** null: nobody can tell. */
function evaluate(kind: string, parameter: string, world: ConditionWorld): boolean | null {
  return TESTS[kind]?.(parameter, world) ?? null;
}

function flag(text: string, actual: boolean): boolean | null {
  const wanted = parseBoolean(text);
  return wanted === null ? null : wanted === actual;
}

/** A boolean asks for any; `vm`, `container` for a sort; else the id. */
function virtualization(text: string, world: ConditionWorld): boolean | null {
  const id = world.virtualization();
  const wanted = parseBoolean(text);
  if (wanted !== null) return wanted === (id !== 'none');
  if (text === 'vm') return id !== 'none';
  if (text === 'container' || text === 'private-users') return false;
  return text === id;
}

function kernelCommandLine(text: string, world: ConditionWorld): boolean {
  const words = world.kernelCommandLine().split(/\s+/);
  return words.some((word) => word === text || (!text.includes('=') && word.startsWith(`${text}=`)));
}

/** No security module of the kernel is used here. */
const SECURITY: ReadonlySet<string> = new Set([
  'selinux',
  'smack',
  'apparmor',
  'ima',
  'tomoyo',
  'uefi-secureboot',
  'tpm2',
  'cvm',
  'audit',
]);
function security(text: string): boolean | null {
  return SECURITY.has(text) ? false : null;
}

function capability(text: string, world: ConditionWorld): boolean | null {
  const number = capabilityNumber(text.startsWith('CAP_') || text.startsWith('cap_') ? text : `cap_${text}`);
  return number === null ? null : ((world.capabilities() >> BigInt(number)) & 1n) === 1n;
}

function controllers(text: string, world: ConditionWorld): boolean {
  if (text === 'v2') return true;
  if (text === 'v1') return false;
  const present = world.controllers();
  return text.split(/\s+/).every((name) => present.includes(name));
}

/** `>= 4G`: several conditions in one line must all hold; without an operator, at least so much. */
function numbers(text: string, actual: number, parse: (text: string) => number | null): boolean | null {
  const found = /^(<=|>=|!=|<>|==|=|<|>)?\s*(.+)$/.exec(text.trim());
  const wanted = parse(found?.[2] ?? '');
  return wanted === null ? null : compareNumbers(found?.[1] ?? '>=', actual, wanted);
}

function versions(text: string, actual: string): boolean | null {
  for (const [, operator, wanted = ''] of text.matchAll(/(<=|>=|!=|<>|==|=|<|>|\$=|!\$=)?\s*([^\s<>=!]+)/g)) {
    const holds =
      operator === undefined || operator === '$='
        ? globMatches(wanted, actual)
        : compareVersions(operator, actual, wanted);
    if (!holds) return false;
  }
  return true;
}

function osRelease(text: string, world: ConditionWorld): boolean | null {
  for (const word of text.split(/\s+(?=[A-Z_]+\s*[<>=!$])/)) {
    const found = /^([A-Z_]+)\s*(<=|>=|!=|<>|==|=|<|>|\$=|!\$=)\s*"?([^"]*)"?$/.exec(word.trim());
    if (found === null) return null;
    const [, field = '', operator = '', wanted = ''] = found;
    const actual = world.osRelease(field);
    const holds =
      operator === '='
        ? actual === wanted
        : operator === '!='
          ? actual !== wanted
          : operator.endsWith('$=')
            ? globMatches(wanted, actual) !== operator.startsWith('!')
            : compareVersions(operator, actual, wanted);
    if (!holds) return false;
  }
  return true;
}
