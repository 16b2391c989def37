/**
 * PID 1 from its first instruction to the agent's first answer. Nothing here may end the process: what fails is said on
 * the console, and the next step follows.
 *
 *   exec by the kernel --------------> mounts, network, name --> agent --> (services)
 *   exec by the crash handler -------> the same; what is there already is left alone
 */

import { afterCrash, executeAgain, surviveCrashes } from '@bhatti/runtime/crash.ts';
import { PR_SET_NAME } from '@bhatti/runtime/linux/constants.ts';
import { takeCtrlAltDel } from '@bhatti/runtime/linux/machine.ts';
import { collectGarbage } from '@bhatti/runtime/memory.ts';
import type { Runtime } from '@bhatti/runtime/start.ts';
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Agent } from '../agent/agent.ts';
import { Intake } from '../journal/intake.ts';
import { JOURNAL_FOLDER } from '../journal/places.ts';
import { KeptState } from '../kept/kept.ts';
import { baseFields, type Services, startServices } from '../manager/services.ts';
import { VERSION } from '../version.ts';
import { consoleLog, takeStandardDescriptors } from './console.ts';
import { CrashHistory, TRIAL_MS } from './crash-record.ts';
import { obeyFaults } from './faults.ts';
import { startForkUnits } from './fork-units.ts';
import { startHostLine } from './host-line.ts';
import { noteExits, takeExits } from './late-exits.ts';
import { raiseOwnLimits } from './limits.ts';
import { mountAll } from './mounts.ts';
import { bringUpNetwork } from './network.ts';
import { Power, type PowerAction } from './power.ts';
import { startProcessors } from './processors.ts';
import { obeySignals } from './signals.ts';

const HOSTNAME_SIZE_MAX = 256;
const ENDING_KEY = 'ending';
const LOHAR = '/usr/local/bin/lohar';
const CMDLINE_SIZE_MAX = 64 * 1024;
/** An argument of PID 1: this machine only shows its disk, so nothing is written there and no unit starts. */
const BARE = 'bare';

/**
 * False for PID 1 of a mere PID namespace, whose network, mounts and power belong to somebody else: there /proc is
 * mounted already and its kernel was started with another init.
 */
export function ownsMachine({ sys }: Runtime): boolean {
  if (!sys.access('/proc/cmdline', 0)) return true;
  return sys.decode(sys.readFile('/proc/cmdline', CMDLINE_SIZE_MAX)).includes('lohar');
}

export function init(runtime: Runtime): void {
  const { sys, loop } = runtime;
  const { signal, args } = afterCrash(runtime.args);
  const begun = sys.monotonicMs();
  const bare = args.includes(BARE);
  const failures = mountAll(sys, { writableRoot: !bare });
  takeStandardDescriptors(sys);
  const log = consoleLog(sys);
  const survivors = surviveCrashes(args);
  // Executed through /proc/self/exe it would be called "exe" in every list of processes.
  sys.attempt('prctl', PR_SET_NAME, 'lohar');
  if (signal !== undefined) log(signal === 0 ? 'executed again' : `executed again after signal ${signal}`);
  const step = (what: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  // Executed again it leaves off what somebody has switched off since.
  if (signal === undefined) step('processors', () => startProcessors(sys));
  step('limits', () => raiseOwnLimits(sys));
  step('host name', () => setKernelHostname(runtime));
  step('network', () => failures.push(...bringUpNetwork(sys)));
  step('Ctrl+Alt+Del', takeCtrlAltDel);

  // Orphans of every process end here; each is reaped, known or not.
  loop.onReap(() => {});
  const kept = new KeptState(sys, survivors, signal !== undefined);
  // A timer runs when nothing is deferred: what callbacks began is finished by then.
  const again = (): void => void loop.after(0, () => executeAgain(args[0] ?? LOHAR, args, kept.descriptors));
  const beginnings = { bare, log, step, kept, again, crashes: new CrashHistory(kept, signal) };
  startParts(runtime, beginnings);
  settle(runtime, beginnings);
  for (const failure of failures) log(failure);
  log(`version ${VERSION} is PID 1 after ${(sys.monotonicMs() - begun).toFixed(1)} ms`);
}

type Step = (what: string, run: () => void) => void;

interface Beginnings {
  readonly bare: boolean;
  readonly log: (line: string) => void;
  readonly step: Step;
  readonly kept: KeptState;
  readonly crashes: CrashHistory;
  /** Executes PID 1 anew when what callbacks began is finished. */
  readonly again: () => void;
}

/** Services and the line to the host, each of which goes on without the other. */
function startParts({ sys, loop }: Runtime, { bare, log, step, kept, crashes, again }: Beginnings): void {
  const parts: { agent?: Agent | null; services?: Services } = {};
  const power = new Power(sys, loop, {
    begun: (action) => kept.put(ENDING_KEY, action),
    stopServices: (done) => (parts.services ? parts.services.stopAll(done) : done()),
    goodbye: (action, done) => (parts.agent ? parts.agent.goodbye(action, done) : done()),
    syncJournal: () => parts.services?.sync(),
    log,
  });
  obeySignals(loop, power, again);
  obeyFaults(sys, loop);
  const services = (): void => {
    const end = (action: PowerAction, force: number) => (force === 0 ? power.begin(action) : power.now(action));
    parts.services = startServices({ sys, loop, log, kept, again, exits: takeExits(kept), power: end });
  };
  if (!bare && crashes.reducedMs === undefined) step('services', services);
  step('the line to the host', () => {
    parts.agent = startHostLine(sys, loop, {
      kept,
      trouble: troubleOf(crashes),
      power: (action) => power.begin(action),
      booted: () => parts.services?.booted() ?? true,
      prepared: (request, done) => {
        if (!parts.services) return done([]);
        parts.services.renamed();
        startForkUnits(sys, loop, parts.services, request, done);
      },
      slept: (ms) => parts.services?.slept(ms),
      timerMs: () => parts.services?.timerMs(),
      rehearsed: () => parts.services?.forkTarget.look(),
      log,
    });
    if (parts.agent === null) throw new Error('QEMU gave none');
  });
  const onBooted = (): void => {
    // What the reading of units left behind would be in the memory of every fork.
    collectGarbage();
    parts.agent?.booted();
  };
  if (parts.services) parts.services.whenBooted(onBooted);
  else loop.defer(onBooted);
  const ending = kept.takeOne(ENDING_KEY);
  if (ending !== undefined) power.begin(ending as PowerAction);
}

const troubleOf = ({ reducedMs }: CrashHistory): string | undefined =>
  reducedMs === undefined
    ? undefined
    : `PID 1 crashed twice within seconds: services are left alone for ${reducedMs / 1000} s`;

/** What the image before this one held is taken over, or left alone for a while when that made one crash already. */
function settle({ sys, loop }: Runtime, { log, step, kept, crashes, again }: Beginnings): void {
  const { reducedMs } = crashes;
  if (reducedMs === undefined) {
    kept.settle();
    if (crashes.onTrial)
      loop.after(TRIAL_MS, () => {
        crashes.sound();
        log('sound again');
      });
    return;
  }
  kept.passOn();
  noteExits(kept, loop);
  const message = troubleOf(crashes) ?? '';
  log(message);
  step('the journal', () => {
    const base = baseFields(sys);
    new Intake(sys, loop, { folder: JOURNAL_FOLDER, base, invocationOf: () => '' }).own(
      { priority: 2, message, fields: [] },
      '',
      '',
    );
  });
  loop.after(reducedMs, again);
}

/** The image's own name until the host says who this guest is. */
function setKernelHostname({ sys }: Runtime): void {
  try {
    const name = sys.decode(sys.readFile('/etc/hostname', HOSTNAME_SIZE_MAX)).trim();
    if (name !== '') sys.sethostname(name);
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'ENOENT')) throw error;
  }
}
