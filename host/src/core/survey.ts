/** What a sandbox holds, as `lohar survey` and dpkg tell it, and how two of them differ. */
import type { SurveyedFile, SurveyedPort, SurveyedProcess } from '@bhatti/wire/survey.ts';

export interface Survey {
  readonly files: ReadonlyMap<string, SurveyedFile>;
  readonly processes: readonly SurveyedProcess[];
  readonly ports: readonly SurveyedPort[];
  /** Versions by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** From when to when it was looked at; what changed in between was not so before. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type How = 'added' | 'changed' | 'deleted';

export interface PackageChange {
  readonly how: How;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export interface SurveyDiff {
  readonly files: readonly { readonly how: How; readonly path: string; readonly type: SurveyedFile['type'] }[];
  readonly packages: readonly PackageChange[];
  readonly processes: readonly { readonly how: How; readonly pid: number; readonly command: string }[];
  readonly ports: readonly {
    readonly how: How;
    readonly protocol: SurveyedPort['protocol'];
    readonly address: string;
    readonly port: number;
  }[];
}

/** What is other in `after` than in `before`, each list in the order that a reader looks for things. */
export function diffOf(before: Survey, after: Survey): SurveyDiff {
  return {
    files: fileChanges(before, after),
    packages: packageChanges(before.packages, after.packages),
    processes: changesOf(before.processes, after.processes, processKey)
      .map(({ how, one: { pid, command } }) => ({ how, pid, command }))
      .sort((a, b) => a.pid - b.pid),
    ports: changesOf(before.ports, after.ports, portKey)
      .map(({ how, one: { protocol, address, port } }) => ({ how, protocol, address, port }))
      .sort((a, b) => a.port - b.port || order(portKey(a), portKey(b))),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const processKey = ({ pid, startTicks, command }: SurveyedProcess): string => `${pid} ${startTicks} ${command}`;
const portKey = ({ protocol, address, port }: Omit<SurveyedPort, 'is'>): string => `${protocol} ${address} ${port}`;

function changesOf<T>(before: readonly T[], after: readonly T[], key: (one: T) => string): { how: How; one: T }[] {
  const missing = (from: readonly T[], of: readonly T[], how: How): { how: How; one: T }[] => {
    const known = new Set(of.map(key));
    return from.filter((one) => !known.has(key(one))).map((one) => ({ how, one }));
  };
  return [...missing(before, after, 'deleted'), ...missing(after, before, 'added')];
}

function packageChanges(before: Survey['packages'], after: Survey['packages']): SurveyDiff['packages'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): PackageChange[] => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    if (was === undefined) return is === undefined ? [] : [{ how: 'added', name, after: is }];
    return [
      is === undefined ? { how: 'deleted', name, before: was } : { how: 'changed', name, before: was, after: is },
    ];
  });
}

function fileChanges(before: Survey, after: Survey): SurveyDiff['files'] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  const found: { how: How; path: string; type: SurveyedFile['type'] }[] = [];
  for (const path of paths) {
    const [was, is] = [before.files.get(path), after.files.get(path)];
    if (writtenMeanwhile(was, before) || writtenMeanwhile(is, after)) continue;
    const how = was === undefined ? 'added' : is === undefined ? 'deleted' : 'changed';
    const shown = is ?? was;
    if (shown === undefined || (how === 'changed' && alike(was, is))) continue;
    found.push({ how, path, type: shown.type });
  }
  return found.sort((a, b) => order(a.path, b.path));
}

/** By whoever looked, or by what goes on there: a fork's own identity, its journal. */
function writtenMeanwhile(file: SurveyedFile | undefined, { fromMs, toMs }: Survey): boolean {
  return file !== undefined && file.ctimeMs >= fromMs && file.ctimeMs <= toMs;
}

/** As rsync(1) tells it without reading contents; a folder is told by what is in it. */
function alike(was: SurveyedFile | undefined, is: SurveyedFile | undefined): boolean {
  if (was === undefined || is === undefined) return false;
  const same = (...keys: readonly (keyof SurveyedFile)[]): boolean => keys.every((key) => was[key] === is[key]);
  return same('type', 'mode', 'uid', 'gid', 'target') && (was.type !== 'file' || same('size', 'mtimeMs'));
}
