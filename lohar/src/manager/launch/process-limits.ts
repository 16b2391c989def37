/** Limits and scheduling of a command as system calls of its child. Facts: systemd.exec(5), "Process Properties". */

import { cpuAffinity, ioPriority, limit, nice, oomScoreAdjust, scheduler } from '@bhatti/runtime/linux/child-calls.ts';
import { SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import type { ChildCall } from '@bhatti/runtime/sys.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { RLIMITS, type Rlimit, type RlimitName } from '../../unit/value/rlimit.ts';

/** What services get unless they say otherwise: DefaultLimitNOFILE=1024:524288, memlock 8M, core 0 to infinity. */
export const DEFAULT_LIMITS: Readonly<Partial<Record<RlimitName, Rlimit>>> = {
  LimitNOFILE: { soft: 1024, hard: 524_288 },
  LimitMEMLOCK: { soft: 8 * 1024 * 1024, hard: 8 * 1024 * 1024 },
};

/** fs.nr_open: more the kernel refuses even to root (setrlimit(2)). systemd 255, too, gives what there is instead. */
const FILES_MAX = 1_048_576;

const POLICIES = { other: 0, fifo: 1, rr: 2, batch: 3, idle: 5 } as const;
const RESET_ON_FORK = 0x4000_0000;
const CLASSES = { none: 0, realtime: 1, 'best-effort': 2, idle: 3 } as const;
const SIG_IGN = 1n;
const SIGACTION_SIZE = 32;
const SIGSET_SIZE = 8;
const EXIT_EXEC = 203;

export function limitCalls(settings: Settings): ChildCall[] {
  return (Object.keys(RLIMITS) as RlimitName[]).flatMap((name) => {
    const wanted = settings[name] ?? DEFAULT_LIMITS[name];
    if (wanted === undefined) return [];
    const most = name === 'LimitNOFILE' ? FILES_MAX : Number.POSITIVE_INFINITY;
    const value = (number: number): number | 'infinity' =>
      Math.min(number, most) === Number.POSITIVE_INFINITY ? 'infinity' : Math.min(number, most);
    return [limit(name.slice('Limit'.length) as Parameters<typeof limit>[0], value(wanted.soft), value(wanted.hard))];
  });
}

export function schedulingCalls(settings: Settings): ChildCall[] {
  const calls: ChildCall[] = [];
  if (settings.OOMScoreAdjust !== null) calls.push(...oomScoreAdjust(settings.OOMScoreAdjust));
  if (settings.Nice !== 0) calls.push(nice(settings.Nice));
  const { CPUSchedulingPolicy: policy, CPUSchedulingPriority: priority, CPUSchedulingResetOnFork: reset } = settings;
  if (policy !== 'other' || reset) {
    const realtime = policy === 'fifo' || policy === 'rr';
    calls.push(scheduler(POLICIES[policy] | (reset ? RESET_ON_FORK : 0), realtime ? Math.max(1, priority) : 0));
  }
  if (settings.CPUAffinity !== '') calls.push(cpuAffinity(cpuList(settings.CPUAffinity)));
  if (Object.hasOwn(settings, 'IOSchedulingClass') || Object.hasOwn(settings, 'IOSchedulingPriority'))
    calls.push(ioPriority(CLASSES[settings.IOSchedulingClass], settings.IOSchedulingPriority));
  return calls;
}

/** `0-3 5,7`; what is no number is left out. */
function cpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const [, from = '', to = from] of text.matchAll(/(\d+)(?:-(\d+))?/g))
    for (let cpu = Number(from); cpu <= Math.min(Number(to), 8191); cpu++) cpus.add(cpu);
  return [...cpus];
}

/** IgnoreSIGPIPE=yes: the program starts with SIGPIPE ignored. */
export function ignorePipe(): ChildCall {
  const action = new Uint8Array(SIGACTION_SIZE);
  new DataView(action.buffer).setBigUint64(0, SIG_IGN, true);
  return { call: 'rt_sigaction', exit: EXIT_EXEC, args: [SIGNALS.PIPE, action, 0, SIGSET_SIZE] };
}
