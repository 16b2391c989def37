/** Numbers of docs/runtime.md, measured by the real binary: node tools/lohar/measure.ts */
import { args, collectGarbage, heapSize } from 'native';
import { afterCrash, surviveCrashes } from '../crash.ts';
import { SIGNALS } from '../linux/constants.ts';
import { linuxSys as sys } from '../linux/linux-sys.ts';
import { type Runtime, start } from '../start.ts';

const STDOUT = 1;
const COUNT = 500;
const IDLE_MS = 5000;

const print = (text: string): void => void sys.write(STDOUT, sys.encode(`${text}\n`));
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const at = (values: readonly number[], part: number): number => sorted(values)[Math.floor(values.length * part)] ?? 0;
const row = (name: string, us: readonly number[]): void =>
  print(`${name}: p50 ${at(us, 0.5).toFixed(2)} us, min ${at(us, 0).toFixed(2)} us, n ${us.length}`);

function spawnItself(word: string): number {
  return sys.spawn({ path: '/proc/self/exe', argv: ['measure', word], env: [], fds: [0, 1, 2], calls: [] });
}

/** Spawn to reaped. */
async function timeSpawn({ loop }: Runtime, spawn: () => number): Promise<number[]> {
  const us: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    const begun = sys.monotonicMs();
    await new Promise<void>((done) => loop.onExit(spawn(), () => done()));
    us.push((sys.monotonicMs() - begun) * 1000);
  }
  return us;
}

function perCall(count: number, run: () => void): number[] {
  return Array.from({ length: 5 }, () => {
    const begun = sys.monotonicMs();
    for (let i = 0; i < count; i++) run();
    return ((sys.monotonicMs() - begun) * 1000) / count;
  });
}

const status = (pid: number, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(sys.decode(sys.readFile(`/proc/${pid}/status`, 65_536)))?.[1]);
const switches = (pid: number): number =>
  status(pid, 'voluntary_ctxt_switches') + status(pid, 'nonvoluntary_ctxt_switches');

async function idle({ loop }: Runtime): Promise<void> {
  const pid = spawnItself('idle');
  await new Promise<void>((done) => loop.after(500, done));
  const before = switches(pid);
  await new Promise<void>((done) => loop.after(IDLE_MS, done));
  print(`idle: ${switches(pid) - before} context switches in ${IDLE_MS} ms, ${status(pid, 'VmRSS')} KiB resident`);
  sys.kill(pid, SIGNALS.KILL);
}

/** From the signal to the first line of TypeScript after it. */
async function crash({ loop }: Runtime): Promise<void> {
  const us: number[] = [];
  for (let i = 0; i < 100; i++) {
    const log = sys.memfd('log');
    const fds = [0, 1, 2, log];
    const pid = sys.spawn({ path: '/proc/self/exe', argv: ['measure', 'crash'], env: [], fds, calls: [] });
    await new Promise((done) => loop.onExit(pid, done));
    const [from = 0, to = 0] = sys
      .decode(sys.readFile(`/proc/self/fd/${log}`, 4096))
      .split(' ')
      .map(Number);
    us.push((to - from) * 1000);
    sys.close(log);
  }
  row('fatal signal to running again', us);
}

async function all(runtime: Runtime): Promise<void> {
  print(`heap after start: ${heapSize()} bytes`);
  const truth = { path: '/bin/true', argv: ['true'], env: [], fds: [0, 1, 2], calls: [] };
  row('spawn, exec and reap of /bin/true', await timeSpawn(runtime, () => sys.spawn(truth)));
  row('spawn, exec and reap of this program', await timeSpawn(runtime, () => spawnItself('nothing')));
  const heap = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `${i}` }));
  row('the same of /bin/true with 50 MB of heap', await timeSpawn(runtime, () => sys.spawn(truth)));
  const resident = (): string => `${heapSize()} bytes of heap, ${status(sys.getpid(), 'VmRSS')} KiB resident`;
  print(`with ${heap.length} objects: ${resident()}`);
  heap.length = 0;
  collectGarbage();
  print(`when they are freed: ${resident()}`);
  row(
    'one system call (getppid)',
    perCall(100_000, () => sys.attempt('getppid')),
  );
  row(
    'one callback through the guard',
    perCall(100_000, () => runtime.loop.call(() => {})),
  );
  const bytes = new Uint8Array(1 << 20).fill(97);
  row(
    '1 MiB of ASCII to text',
    perCall(20, () => sys.decode(bytes)),
  );
  await idle(runtime);
  await crash(runtime);
  sys.exit(0);
}

const PARTS: Readonly<Record<string, (runtime: Runtime) => void>> = {
  nothing: () => sys.exit(0),
  idle: ({ loop }) => loop.onReap(() => {}),
  crash: () => {
    const { signal, args: own } = afterCrash(args());
    sys.write(3, sys.encode(`${sys.monotonicMs()} `));
    if (signal !== undefined) sys.exit(0);
    surviveCrashes(own).keep(3);
    sys.kill(sys.getpid(), SIGNALS.SEGV);
  },
};

start((runtime) => (PARTS[runtime.args[1] ?? ''] ?? ((given) => void all(given)))(runtime));
