import { args } from 'native';
import { afterCrash, surviveCrashes } from './crash.ts';
import { ERRNO, SIGNALS } from './linux/constants.ts';
import { attempt } from './linux/kernel.ts';
import { linuxSys as sys } from './linux/linux-sys.ts';
import assert from './test-kit/assert.ts';
import test, { runtime } from './test-kit/test.ts';

const CRASHING = '--crash-test';
const FATAL = [SIGNALS.SEGV, SIGNALS.BUS, SIGNALS.ILL, SIGNALS.FPE, SIGNALS.ABRT];
/** Stays open over every re-execution; its text grows by a line each time. */
const LOG = 3;

/** What this file is when the test below starts it: a program that crashes in five ways, one after the other. */
function crash(): never {
  const { signal, args: own } = afterCrash(args());
  surviveCrashes(own).keep(LOG);
  sys.setCloseOnExec(LOG, true);
  const said = sys.decode(sys.readFile(`/proc/self/fd/${LOG}`, 4096));
  sys.write(LOG, sys.encode(`${signal ?? 'start'} `));
  const next = FATAL[said.split(' ').length - 1];
  if (next === undefined) return sys.exit(0);
  sys.kill(sys.getpid(), next);
  return sys.exit(1);
}
if (args()[1] === CRASHING) crash();

if (attempt('clone3', 0, 0) === -ERRNO.ENOSYS) test.skip('crashes', 'no clone3');
else
  test('each fatal signal executes the program again, with its arguments and the descriptors it kept', async () => {
    const { loop } = runtime();
    const log = sys.memfd('log');
    const argv = ['tests', CRASHING];
    const pid = sys.spawn({ path: '/proc/self/exe', argv, env: [], fds: [0, 1, 2, log], calls: [] });
    const status = await new Promise((done) => loop.onExit(pid, done));
    assert.deepEqual(status, { pid, code: 0 });
    assert.equal(sys.decode(sys.readFile(`/proc/self/fd/${log}`, 4096)), 'start 11 7 4 8 6 ');
    sys.close(log);
  });
