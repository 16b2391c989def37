/** One binary, several programs: PID 1, or the one that argv[0] names. */
import { linuxSys } from '@bhatti/runtime/linux/linux-sys.ts';
import { dropProgram } from '@bhatti/runtime/memory.ts';
import { type Runtime, start, whenStarted } from '@bhatti/runtime/start.ts';
import { CLIENTS } from './ctl/clients.ts';
import { VERSION } from './version.ts';

const STDOUT = 1;
const STDERR = 2;
const EXIT_USAGE = 2;
/** What a callback of PID 1 may take before it is stopped: seconds under emulation are a fraction of one elsewhere. */
const CALLBACK_LIMIT_MS = 10_000;
/** JavaScript heap of PID 1; its tables and queues are bounded far below. */
const HEAP_LIMIT = 64 * 1024 * 1024;

/** A desktop's way in, under the name that the computer tier links it to. */
const GATEWAY = 'vnc-gateway';

const nameOf = ({ args }: Runtime): string => args[0]?.split('/').at(-1) ?? '';

/** Called by its own name by a person. */
function lohar({ sys, args }: Runtime): never {
  if (args[1] === '--version') {
    sys.write(STDOUT, sys.encode(`lohar ${VERSION}\n`));
    return sys.exit(0);
  }
  sys.write(STDERR, sys.encode('lohar is PID 1 of a bhatti sandbox; use systemctl and journalctl to talk to it\n'));
  return sys.exit(EXIT_USAGE);
}

// Each program is imported when it is known which one this is: reading PID 1 would double what a client takes.

async function init(runtime: Runtime): Promise<void> {
  const boot = await import('./boot/init.ts');
  if (boot.ownsMachine(runtime)) boot.init(runtime);
  else lohar(runtime);
}

async function other(runtime: Runtime): Promise<void> {
  if (nameOf(runtime) === GATEWAY) (await import('./gateway/main.ts')).gateway(runtime);
  else await client(runtime);
}

/** A client may wait for PID 1 as long as it likes, so its callbacks have no limit. */
async function client(runtime: Runtime): Promise<void> {
  const load = CLIENTS[nameOf(runtime)];
  if (load === undefined && runtime.args[1] === 'freeze') {
    const { freeze } = await import('./freeze.ts');
    return freeze(runtime, runtime.args[2] ?? '/');
  }
  if (load === undefined && runtime.args[1] === 'survey') (await import('./survey.ts')).survey(runtime);
  if (load === undefined && runtime.args[1] === 'bus') return (await import('./bus/main.ts')).bus(runtime);
  if (load === undefined) return lohar(runtime);
  const { runProgram } = await import('./ctl/program.ts');
  await runProgram(runtime, await load());
}

whenStarted(() => {
  if (linuxSys.getpid() === 1)
    start((runtime) => void init(runtime), {
      callbackLimitMs: CALLBACK_LIMIT_MS,
      heapLimit: HEAP_LIMIT,
      abortWhenBroken: true,
      onQuiet: dropProgram,
    });
  else start((runtime) => void other(runtime));
});
