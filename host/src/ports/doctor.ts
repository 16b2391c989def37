/** What the host has and lacks for running sandboxes. */
import type { Progress } from './engine.ts';

export interface Finding {
  /** 'accelerator', 'qemu', 'network' ... */
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'failure';
  /** One line: what was found. */
  readonly found: string;
  /** What mends it, absent when nothing needs to be. */
  readonly remedy?: string;
}

export interface Doctor {
  /** Looks afresh; may boot something under a deadline. */
  examine(progress: Progress, signal: AbortSignal): Promise<readonly Finding[]>;
}
