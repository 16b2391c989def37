/** show: properties of units and of the manager itself. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { amountOf, type MachineSizes } from '../manager/cgroup-limits.ts';
import { cgroupOf, hasCgroup } from '../manager/cgroup-path.ts';
import { DEFAULT_LIMITS } from '../manager/launch/process-limits.ts';
import type { Settings } from '../unit/directive/tables.ts';
import { sliceOf } from '../unit/graph/implicit.ts';
import type { Unit } from '../unit/graph/unit.ts';
import { nameKind } from '../unit/name.ts';
import { INITIAL } from '../unit/service/state.ts';
import type { ShowFacts, Usage } from '../unit/show/facts.ts';
import { type Printing, PropertyText } from '../unit/show/property-text.ts';
import { showUnit } from '../unit/show/show-unit.ts';
import { RLIMITS, type Rlimit, type RlimitName } from '../unit/value/rlimit.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import { managerProperties } from './manager-properties.ts';
import { resolveNames } from './names.ts';
import type { Request } from './protocol.ts';
import { select } from './query-verbs.ts';

type ShowRequest = Extract<Request, { verb: 'show' }>;

interface Wanted {
  /** Null: all. */
  readonly names: ReadonlySet<string> | null;
  readonly printing: Printing;
}

export function answerShow(request: ShowRequest, client: Client, port: AnswersPort): void {
  const { registry } = port.manager;
  const { properties, empty = false, valueOnly = false } = request;
  const wanted: Wanted = {
    names: properties === undefined ? null : new Set(properties),
    printing: { empty, valueOnly },
  };
  if (request.manager === true) replyOfManager(wanted, client, port);
  else if (request.names.length === 0) {
    const { types = [], states = [], all = false } = request;
    for (const unit of select([...registry.all()], types, states, all)) reply(unit, wanted, client, port);
  } else {
    for (const { name, unit } of resolveNames(request.names, registry, client)) {
      if (nameKind(unit) === 'template') {
        const message = `Unit name ${unit} is neither a valid invocation ID nor unit name.`;
        client.reply({ is: 'failed', name, unit, error: { name: 'InvalidArgs', message } });
      } else reply(registry.get(unit), wanted, client, port);
    }
  }
  client.end();
}

function replyOfManager({ names, printing }: Wanted, client: Client, port: AnswersPort): void {
  const text = new PropertyText(printing);
  for (const { name, value } of managerProperties(port)) if (names === null || names.has(name)) text.add(name, value);
  client.reply({ is: 'properties', unit: '', text: text.pieces() });
}

function reply(unit: Unit, { names, printing }: Wanted, client: Client, port: AnswersPort): void {
  client.reply({ is: 'properties', unit: unit.id, text: showUnit(factsOf(unit, port), names, printing) });
}

/** Looked for once, and only when somebody asks. */
function lazy<T>(look: () => T): () => T {
  let found: { readonly value: T } | null = null;
  return () => {
    found ??= { value: look() };
    return found.value;
  };
}

function factsOf(unit: Unit, port: AnswersPort): ShowFacts {
  const { config } = unit;
  const { settings } = config;
  const path = cgroupOf(config);
  const usage = lazy(() => usageOf(unit, path, port));
  const sizes = lazy(() => port.facts.sizes());
  const user = lazy(() => (unit.isDown || settings.User === '' ? null : port.accounts.user(settings.User)));
  return {
    unit,
    settings,
    state: port.manager.services.get(unit)?.state ?? INITIAL,
    own: port.manager.others.peek(unit)?.facts ?? null,
    ownResult: port.manager.resultOf(unit),
    get usage() {
      return usage();
    },
    get cgroup() {
      return usage().cgroupId === undefined ? '' : path || '/';
    },
    slice: sliceOf(config) ?? '',
    get fileState() {
      return port.fileState(unit).state;
    },
    get preset() {
      return port.fileState(unit).preset;
    },
    get needsReload() {
      return port.needsReload(unit);
    },
    amounts: {
      get tasksMax() {
        return amountOf(settings.TasksMax, sizes().tasksMax);
      },
      memory: (amount) => amountOf(amount, sizes().memoryBytes),
      get memoryAvailable() {
        return memoryAvailable(settings, usage(), sizes());
      },
    },
    get rlimits() {
      return ownLimits(port);
    },
    get ids() {
      return { uid: user()?.uid ?? null, gid: user()?.gid ?? null };
    },
  };
}

function usageOf(unit: Unit, path: string, port: AnswersPort): Usage {
  const { cgroups } = port;
  if (!hasCgroup(unit.config) || cgroups.populated(path) === null)
    return unit.lastCpuNsec > 0 ? { cpuNsec: unit.lastCpuNsec } : {};
  const number = (file: string): { value?: number } => {
    const text = cgroups.get(path, file);
    return text !== null && /^\d+$/.test(text) ? { value: Number(text) } : {};
  };
  const put = (key: keyof Usage, { value }: { value?: number }): Usage => (value === undefined ? {} : { [key]: value });
  const cpu = /^usage_usec (\d+)$/m.exec(cgroups.get(path, 'cpu.stat') ?? '')?.[1];
  return {
    ...put('memory', number('memory.current')),
    ...put('memoryPeak', number('memory.peak')),
    ...put('swap', number('memory.swap.current')),
    ...put('swapPeak', number('memory.swap.peak')),
    ...put('zswap', number('memory.zswap.current')),
    ...put('tasks', number('pids.current')),
    ...(cpu === undefined ? {} : { cpuNsec: Number(cpu) * 1000 }),
    cgroupId: cgroupId(path, port),
  };
}

/** The cgroup's id is its inode. */
function cgroupId(path: string, port: AnswersPort): string {
  try {
    return port.sys.stat(port.cgroups.folder(path)).id.split(':')[1] ?? '0';
  } catch (error) {
    if (error instanceof SysError) return '0';
    throw error;
  }
}

/** What the unit may still take before a limit or the machine ends it. */
function memoryAvailable({ MemoryMax, MemoryHigh }: Settings, usage: Usage, sizes: MachineSizes): number {
  const limit = Math.min(amountOf(MemoryMax, sizes.memoryBytes), amountOf(MemoryHigh, sizes.memoryBytes));
  if (limit === Number.POSITIVE_INFINITY) return limit;
  return Math.max(0, limit - (usage.memory ?? 0));
}

const NAMES: Readonly<Record<string, RlimitName>> = {
  'Max cpu time': 'LimitCPU',
  'Max file size': 'LimitFSIZE',
  'Max data size': 'LimitDATA',
  'Max stack size': 'LimitSTACK',
  'Max core file size': 'LimitCORE',
  'Max resident set': 'LimitRSS',
  'Max processes': 'LimitNPROC',
  'Max open files': 'LimitNOFILE',
  'Max locked memory': 'LimitMEMLOCK',
  'Max address space': 'LimitAS',
  'Max file locks': 'LimitLOCKS',
  'Max pending signals': 'LimitSIGPENDING',
  'Max msgqueue size': 'LimitMSGQUEUE',
  'Max nice priority': 'LimitNICE',
  'Max realtime priority': 'LimitRTPRIO',
  'Max realtime timeout': 'LimitRTTIME',
};
const LIMITS_FILE_MAX = 8192;

let limitsOfPid1: Record<RlimitName, Rlimit> | null = null;

/** Services inherit PID 1's limits where they have no default of their own; nobody changes those. */
function ownLimits(port: AnswersPort): Record<RlimitName, Rlimit> {
  limitsOfPid1 ??= readLimits(port);
  return limitsOfPid1;
}

function readLimits(port: AnswersPort): Record<RlimitName, Rlimit> {
  const unlimited = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
  const found = Object.fromEntries(Object.keys(RLIMITS).map((name) => [name, unlimited])) as Record<RlimitName, Rlimit>;
  const value = (text: string): number => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text));
  for (const line of port.sys.decode(port.sys.readFile('/proc/self/limits', LIMITS_FILE_MAX)).split('\n')) {
    const [, label = '', soft = '', hard = ''] = /^(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)/.exec(line) ?? [];
    const name = NAMES[label];
    if (name !== undefined) found[name] = { soft: value(soft), hard: value(hard) };
  }
  return { ...found, ...DEFAULT_LIMITS };
}
