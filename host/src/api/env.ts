import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import type { Context } from '../operations/context.ts';
import type { Log } from '../ports/log.ts';

/** What the routes are given. */
export interface Api {
  readonly context: Context;
  readonly version: string;
  readonly startedMs: number;
  /** Aborts when the daemon is about to end. */
  readonly ending: AbortSignal;
}

export interface ApiEnv {
  Bindings: HttpBindings & {
    /** True on the unix socket, whose file permissions let only the owner in. */
    readonly local: boolean;
  };
  Variables: { requestId: string; log: Log };
}

export type Call = HonoContext<ApiEnv>;
