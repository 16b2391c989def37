/** What the verbs read of the API's replies (docs/api.md); the rest of a reply passes through --json untouched. */
import type { Exit } from '@bhatti/wire/messages.ts';

export interface SandboxReply {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskMib: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface StepReply {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

export interface SandboxDetailReply extends SandboxReply {
  readonly env: Readonly<Record<string, string>>;
  readonly init?: string;
  readonly thermal: {
    readonly keepHot: boolean;
    readonly idleWarmMs: number | 'never';
    readonly idleColdMs: number | 'never';
    readonly wakeForTimers: boolean;
    readonly hotBecause?: string;
    readonly timerDueAt?: string;
  };
  readonly pid?: number;
  readonly trouble?: string;
  readonly report?: {
    readonly from: 'pool' | 'template' | 'fork' | 'cold';
    readonly accelerator: string;
    readonly lohar: string;
    readonly arch: string;
    readonly clockSource: string;
    readonly steps: readonly StepReply[];
    readonly timings: Readonly<Record<string, number>>;
  };
  readonly wake?: {
    readonly from: string;
    readonly at: string;
    readonly sleptMs: number;
    readonly steps: readonly StepReply[];
    readonly timings: Readonly<Record<string, number>>;
  };
  readonly console?: readonly string[];
}

export type ProgressFrame<T> =
  | { readonly type: 'accepted'; readonly id: string; readonly name: string }
  | { readonly type: 'progress'; readonly label: string; readonly fraction?: number; readonly elapsedMs: number }
  | { readonly type: 'result'; readonly result: T }
  | { readonly type: 'error'; readonly error: unknown };

/** Text messages of a stream's WebSocket. */
export type StreamFrame =
  | { readonly type: 'started'; readonly pid: number; readonly session?: string; readonly given?: number }
  | { readonly type: 'exit'; readonly exit: Exit }
  | { readonly type: 'detached' }
  | { readonly type: 'error'; readonly error: unknown };

export interface SessionReply {
  readonly id: string;
  readonly argv: readonly string[];
  readonly pid: number;
  readonly user: string;
  readonly tty: boolean;
  readonly attached: boolean;
  readonly startedAt: string;
  readonly exit?: Exit;
}

export interface FileReply {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  readonly target?: string;
}

export interface ImageReply {
  readonly name: string;
  readonly arch: string;
  readonly path: string;
  readonly sizeMib: number;
  readonly allocatedBytes: number;
  readonly modifiedAt: string;
  readonly manifest?: ManifestReply;
}

export interface ManifestReply {
  readonly tier: string;
  readonly origin?: { readonly kind: string; readonly from: string };
  readonly base?: string;
  readonly recipeHash?: string;
  readonly builtAt?: string;
  readonly usedBytes?: number;
  readonly units?: readonly string[];
  readonly kernel?: { readonly version?: string };
  readonly minimum?: { readonly cpus: number; readonly memoryMib: number };
}

export interface TierReply {
  readonly name: string;
  readonly description: string;
  readonly base?: string;
  readonly built: boolean;
}

export interface OfferedTierReply {
  readonly name: string;
  readonly description: string;
  readonly usedMib: number;
  readonly installed: boolean;
}

export interface FindingReply {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'failure';
  readonly found: string;
  readonly remedy?: string;
}

export interface PrunableReply {
  readonly what: string;
  readonly folder: string;
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

export interface ForkReply {
  readonly sandboxes: readonly SandboxDetailReply[];
  /** How long the sandbox stood still, ms. */
  readonly pausedMs: number;
}

export interface SnapshotReply {
  readonly id: string;
  readonly name: string;
  readonly sandbox: string;
  readonly image: string;
  readonly memoryMib: number;
  readonly diskBytes: number;
  readonly pausedMs: number;
  readonly createdAt: string;
}

export interface DiffReply {
  readonly files: readonly (Changed & { readonly path: string; readonly type: string })[];
  readonly packages: readonly (Changed & {
    readonly name: string;
    readonly before?: string;
    readonly after?: string;
  })[];
  readonly processes: readonly (Changed & { readonly pid: number; readonly command: string })[];
  readonly ports: readonly (Changed & { readonly protocol: string; readonly address: string; readonly port: number })[];
}

export interface Changed {
  readonly how: 'added' | 'changed' | 'deleted';
}

export interface KeyReply {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly usedAt?: string;
}

export interface UpdatedTierReply {
  readonly name: string;
  readonly how: 'installed' | 'built' | 'current' | 'not-offered';
  readonly usedBytes?: number;
}
