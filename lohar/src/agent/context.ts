/** What every part of the agent works with. */
import type { Fd, Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { HostMessage, PrepareRequest, Request, Step, WakeRequest } from '@bhatti/wire/messages.ts';
import type { Stream, StreamHandlers } from '@bhatti/wire/stream.ts';
import type { Kept } from '../kept/kept.ts';
import type { Accounts } from './accounts.ts';
import type { Blocks } from './blocks.ts';
import type { Drains } from './drains.ts';
import type { OutputCopies } from './output-copy.ts';
import type { CgroupTrees } from './process-tree.ts';
import type { SandboxEnvironment } from './sandbox-environment.ts';
import type { Orphan } from './session-record.ts';

export type GuestStream = Stream<'guest'>;
export type GuestHandlers = StreamHandlers<'guest'>;
export type RequestOf<O extends Request['op']> = Extract<Request, { op: O }>;
export type { HostMessage };

/** What the agent asks of the rest of lohar. */
export interface AgentHooks {
  readonly version: string;
  readonly arch: string;
  /** Fresh randomness and the host's clock. */
  repairHello(entropy: Uint8Array, realtimeMs: number): Step[];
  /** Makes this guest a sandbox of its own; `done` is called when its fork units have run, too. */
  repairPrepare(request: PrepareRequest, done: (report: Step[]) => void): void;
  /** The machine was stopped and runs again. */
  repairWake(request: WakeRequest): Step[];
  /** Begins to end the machine; returns at once. */
  power(action: 'poweroff' | 'reboot'): void;
  /** True once default.target was reached. */
  booted(): boolean;
  /** From now to the next moment of a timer unit. */
  timerMs(): number | undefined;
  /** What people should know of PID 1; undefined when all is well. */
  readonly trouble?: string | undefined;
  log(line: string): void;
}

/** A command, a session or a connection that goes on when its host is lost. */
export interface Lasting {
  /** @param received bytes of each output that the host has @returns true when those behind them are kept */
  has(received: readonly number[]): boolean;
  /** It waits. @returns the stream of the host that it still had */
  leaveHost(): GuestStream | null;
  /** @param received what it has() */
  goOn(stream: GuestStream, received: readonly number[]): void;
  /** This is a fork: gives it away. @returns null when it has a host, has ended, or lives on without one */
  orphan(): Orphan | null;
}

export interface AgentContext {
  readonly sys: Sys;
  readonly loop: Loop;
  readonly hooks: AgentHooks;
  readonly accounts: Accounts;
  readonly trees: CgroupTrees;
  readonly drains: Drains;
  readonly kept: Kept;
  readonly copies: OutputCopies;
  /** What outlives its host, by what that calls it. */
  readonly lasting: Map<string, Lasting>;
  /** Runs it when all that was said so far is on its way to the host. */
  whenSent(run: () => void): void;
  readonly environment: SandboxEnvironment;
  /** Flows that have a wide window or pipe; the memory for them is bounded. */
  readonly wide: { count: number };
  readonly blocks: Blocks;
  /** One DATA frame, filled and sent within one callback by whoever runs. */
  readonly frame: Uint8Array;
  /** Port.sendFrames() */
  sendFrames(bytes: Uint8Array, count: number, stride: number, size: number): number;
  /** /dev/null, open for reading and writing. */
  readonly devNull: Fd;
}
