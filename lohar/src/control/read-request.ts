/** Requests are checked field by field: a client may be anybody. */
import { NAMES_MAX, type Request } from './protocol.ts';

/** Characters of one name, assignment or pattern. */
const TEXT_SIZE_MAX = 64 * 1024;

type Kind = 'text' | 'texts' | 'flag' | 'number' | 'numbers';
/** A `?` at the end: may be left out. */
type Spec = Readonly<Record<string, Kind | `${Kind}?`>>;

const NAMES: Spec = { names: 'texts' };
const LISTING: Spec = { patterns: 'texts', all: 'flag' };
const SELECTION: Spec = { names: 'texts', types: 'texts?', states: 'texts?', all: 'flag?' };

/** What each verb takes. The words that a field allows are checked where they are used. */
const SPECS: Readonly<Record<Request['verb'], Spec>> = {
  job: { job: 'text', names: 'texts', mode: 'text?', block: 'flag', wait: 'flag?', all: 'flag?' },
  isolate: { names: 'texts', block: 'flag' },
  kill: { names: 'texts', whom: 'text', signal: 'number', value: 'number?' },
  'reset-failed': NAMES,
  freeze: NAMES,
  thaw: NAMES,
  cancel: { jobs: 'numbers' },
  'set-property': { name: 'text', assignments: 'texts', runtime: 'flag' },
  'start-transient': {
    ...{ name: 'text', properties: 'texts', auxName: 'text?', auxProperties: 'texts?' },
    ...{ block: 'flag', wait: 'flag', pipe: 'flag' },
  },
  states: NAMES,
  status: SELECTION,
  show: { ...SELECTION, manager: 'flag?', properties: 'texts?', empty: 'flag?', valueOnly: 'flag?' },
  files: NAMES,
  'list-units': { patterns: 'texts', types: 'texts', states: 'texts', all: 'flag' },
  'list-unit-files': { patterns: 'texts', types: 'texts', states: 'texts' },
  'list-dependencies': { names: 'texts', kinds: 'texts' },
  'list-jobs': { patterns: 'texts' },
  'list-sockets': LISTING,
  'list-timers': LISTING,
  'list-paths': LISTING,
  'list-automounts': LISTING,
  'is-enabled': NAMES,
  'get-default': {},
  'unit-of-pid': { pid: 'number' },
  'system-state': { wait: 'flag' },
  'unit-files': {
    op: 'text',
    names: 'texts',
    runtime: 'flag',
    force: 'flag',
    presetMode: 'text?',
    target: 'text?',
    noReload: 'flag?',
  },
  'daemon-reload': {},
  'daemon-reexec': {},
  environment: { op: 'text', assignments: 'texts?' },
  'log-level': { set: 'text?' },
  power: { action: 'text', force: 'number' },
  'bus-names': {},
  'bus-owner': { name: 'text', owner: 'text' },
  journal: { op: 'text', sizeBytes: 'number?', olderThanMs: 'number?' },
};

/** @returns the request, or what is wrong with it */
export function readRequest(line: string): Request | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: 'Request is not JSON.' };
  }
  if (!isRecord(value)) return { wrong: 'Request is no object.' };
  const { verb } = value;
  if (typeof verb !== 'string' || !Object.hasOwn(SPECS, verb)) return { wrong: 'Unknown verb.' };
  const spec = SPECS[verb as Request['verb']];
  for (const [field, kind] of Object.entries(spec)) {
    const given = value[field];
    if (given === undefined && kind.endsWith('?')) continue;
    if (!matches(given, kind.replace('?', '') as Kind)) return { wrong: `Bad field ${field}.` };
  }
  const unknown = Object.keys(value).find((field) => field !== 'verb' && !Object.hasOwn(spec, field));
  if (unknown !== undefined) return { wrong: 'Unknown field.' };
  // Every field was compared with the verb's row; the words in them are narrowed by whoever acts on them.
  return value as unknown as Request;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return isText(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'texts':
      return Array.isArray(value) && value.length <= NAMES_MAX && value.every(isText);
    case 'numbers':
      return Array.isArray(value) && value.length <= NAMES_MAX && value.every((one) => Number.isSafeInteger(one));
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= TEXT_SIZE_MAX && !value.includes('\0');
}
