/** lohar's and the sandbox's numbers. */
import type { Sys } from '@bhatti/runtime/sys.ts';
import type { GuestStats } from '@bhatti/wire/messages.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { launch } from './launch.ts';

const PROC_FILE_SIZE_MAX = 64 * 1024;
const PAGE_KIB = 4;

export function readStats(sys: Sys, sessions: number): GuestStats {
  const text = (path: string): string => sys.decode(sys.readFile(path, PROC_FILE_SIZE_MAX));
  const memory = text('/proc/meminfo');
  const kib = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  return {
    // proc(5): the second number of statm is what is resident, in pages
    loharResidentKib: Number(text('/proc/self/statm').split(' ')[1]) * PAGE_KIB,
    uptimeMs: sys.monotonicMs(),
    load1: Number(text('/proc/loadavg').split(' ')[0]),
    memoryTotalKib: kib('MemTotal'),
    memoryAvailableKib: kib('MemAvailable'),
    sessions,
  };
}

/** fork+exec+wait of /bin/true, one after the other, as an exec does it: with account, environment and cgroup. */
export function serveTimeSpawn(context: AgentContext, stream: GuestStream, request: RequestOf<'time-spawn'>): void {
  const { sys, loop, devNull } = context;
  const us: number[] = [];
  const next = (): void => {
    if (stream.closed) return;
    if (us.length === request.count) {
      stream.message({ is: 'times', us });
      stream.close();
      return;
    }
    const start = sys.monotonicMs();
    const command = { argv: ['/bin/true'], env: {}, user: 'root' };
    const { pid, tree } = launch(context, command, [devNull, devNull, devNull]);
    loop.onExit(pid, () => {
      us.push((sys.monotonicMs() - start) * 1000);
      tree.release();
      next();
    });
  };
  next();
}
