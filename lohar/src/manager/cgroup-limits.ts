/** What the settings of a unit mean as files of its cgroup. Pure but for the machine's sizes. */
import type { MemoryAmount } from '../unit/directive/cgroup-readers.ts';
import type { Settings } from '../unit/directive/tables.ts';

export interface MachineSizes {
  readonly memoryBytes: number;
  /** The most tasks the kernel allows. */
  readonly tasksMax: number;
}

/** [file, value] in the order in which they are written. */
export type LimitFile = readonly [file: string, value: string];

const PERIOD_USEC = 100_000;
/** The kernel takes no shorter quota. */
const QUOTA_MIN_USEC = 1000;

export function amountOf(amount: MemoryAmount, whole: number): number {
  return typeof amount === 'number' ? amount : Math.floor((whole * amount.share) / 10_000);
}

const text = (value: number): string => (value === Number.POSITIVE_INFINITY ? 'max' : String(value));

export function limitFiles(settings: Settings, machine: MachineSizes): LimitFile[] {
  const memory = (amount: MemoryAmount): string => text(amountOf(amount, machine.memoryBytes));
  const max = settings.MemoryMax === Number.POSITIVE_INFINITY ? settings.MemoryLimit : settings.MemoryMax;
  const files: LimitFile[] = [
    ['memory.min', memory(settings.MemoryMin)],
    ['memory.low', memory(settings.MemoryLow)],
    ['memory.high', memory(settings.MemoryHigh)],
    ['memory.max', memory(max)],
    ['memory.swap.max', memory(settings.MemorySwapMax)],
    ['memory.zswap.max', memory(settings.MemoryZSwapMax)],
    ['pids.max', text(amountOf(settings.TasksMax, machine.tasksMax))],
    ['cpu.max', cpuMax(settings)],
    ...cpuWeight(settings.CPUWeight),
    ['io.weight', `default ${settings.IOWeight ?? 100}`],
    ['cpuset.cpus', settings.AllowedCPUs.replace(/\s+/g, ',')],
    ['cpuset.mems', settings.AllowedMemoryNodes.replace(/\s+/g, ',')],
    ['memory.oom.group', settings.OOMPolicy === 'kill' ? '1' : '0'],
  ];
  return files;
}

function cpuMax(settings: Settings): string {
  const period = settings.CPUQuotaPeriodSec === Number.POSITIVE_INFINITY ? PERIOD_USEC : settings.CPUQuotaPeriodSec;
  if (settings.CPUQuota === Number.POSITIVE_INFINITY) return `max ${period}`;
  return `${Math.max(QUOTA_MIN_USEC, Math.floor((settings.CPUQuota * period) / 1_000_000))} ${period}`;
}

function cpuWeight(weight: number | 'idle' | null): LimitFile[] {
  if (weight === 'idle') return [['cpu.idle', '1']];
  return [
    ['cpu.idle', '0'],
    ['cpu.weight', String(weight ?? 100)],
  ];
}
