/** The agent on the line to the host: a virtio-serial port that QEMU names. */
import { kernelArchitecture } from '@bhatti/runtime/linux/machine.ts';
import type { Fd, Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { PrepareRequest, Step } from '@bhatti/wire/messages.ts';
import { type Agent, PORT_FLAGS, startAgent } from '../agent/agent.ts';
import type { AgentHooks } from '../agent/context.ts';
import type { Kept } from '../kept/kept.ts';
import { readText } from '../read-text.ts';
import { VERSION } from '../version.ts';
import type { PowerAction } from './power.ts';
import { repairHello, repairPrepare, repairWake } from './repair.ts';

const PORT_NAME = 'bhatti.agent';
const PORTS = '/sys/class/virtio-ports';
const PORTS_MAX = 64;
const NAME_SIZE_MAX = 256;

export interface HostLineHooks {
  power(action: PowerAction): void;
  booted(): boolean;
  /** The guest has its identity: what depends on it follows, then `done` with what is to be reported of that. */
  prepared(request: PrepareRequest, done: (report: Step[]) => void): void;
  /** The machine stood still for so long: timers of units count it. */
  slept(ms: number): void;
  /** From now to the next moment of a timer unit. */
  timerMs(): number | undefined;
  /** Forks of this very state come next. */
  rehearsed(): void;
  log(line: string): void;
  readonly kept: Kept;
  readonly trouble: string | undefined;
}

/** @returns null in a machine without such a port */
export function startHostLine(sys: Sys, loop: Loop, also: HostLineHooks): Agent | null {
  const port = openPort(sys);
  if (port === null) return null;
  const hooks: AgentHooks = {
    power: also.power,
    booted: also.booted,
    log: also.log,
    trouble: also.trouble,
    timerMs: also.timerMs,
    version: VERSION,
    arch: kernelArchitecture(),
    repairHello: (entropy, realtimeMs) => repairHello(sys, entropy, realtimeMs),
    repairWake: (request) => repairWake(sys, request, (ms) => also.slept(ms)),
    repairPrepare: (request, done) => {
      const report = repairPrepare(sys, request);
      if (request.rehearsal === true) {
        also.rehearsed();
        done(report);
      } else also.prepared(request, (more) => done([...report, ...more]));
    },
  };
  return startAgent({
    sys,
    loop,
    port,
    hooks,
    cgroupRoot: '/sys/fs/cgroup',
    stateFolder: '/run/bhatti',
    kept: also.kept,
  });
}

function openPort(sys: Sys): Fd | null {
  if (!sys.access(PORTS, 0)) return null;
  for (const { name } of sys.readdir(PORTS, PORTS_MAX)) {
    if (nameOf(sys, name) === PORT_NAME) return sys.open(`/dev/${name}`, PORT_FLAGS);
  }
  return null;
}

/** A port that QEMU gave no name has no such file. */
const nameOf = (sys: Sys, port: string): string => readText(sys, `${PORTS}/${port}/name`, NAME_SIZE_MAX).trim();
