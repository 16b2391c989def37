/** The client on Node takes this process over, with the same arguments: it knows all verbs, and all that can go wrong. */
import { execute } from '@bhatti/runtime/linux/execute.ts';
import { attempt } from '@bhatti/runtime/linux/kernel.ts';
import type { Runtime } from '@bhatti/runtime/start.ts';
import { own } from './own.ts';

/** <root>/build/<arch>/bhatti, in a checkout and in the package. */
const LEVELS = 3;
const STDERR = 2;
const EXIT_OWN_ERROR = 125;
const SIG_SETMASK = 2;
const SIGSET_SIZE = 8;

/** Only before anything was asked of the daemon or read from standard input. */
export function handOver(): never {
  const { sys, args, environment }: Runtime = own();
  const self = sys.readlink('/proc/self/exe');
  const root = self.split('/').slice(0, -LEVELS).join('/');
  const launcher = `${root}/host/bin/bhatti`;
  // Signals that this client listened to are blocked here, and would be there.
  attempt('rt_sigprocmask', SIG_SETMASK, new Uint8Array(SIGSET_SIZE), 0, SIGSET_SIZE);
  try {
    execute(launcher, [launcher, ...args.slice(1)], [...environment, 'BHATTI_CLIENT=node']);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    sys.write(STDERR, sys.encode(`Error: cannot start the whole of bhatti: ${why}\nTry: npm install, in ${root}\n`));
    return sys.exit(EXIT_OWN_ERROR);
  }
}
