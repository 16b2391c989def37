/**
 * When to give up on taking everything over: an image of PID 1 that crashes before it has lived for a while is likely to
 * have crashed of what it took over.
 *
 *   normal --crash--> normal, on trial --trial survived--> normal
 *                     normal, on trial --crash--> reduced --pause over--> normal, on trial
 *
 * Each reduction in a row lasts twice as long.
 */
import type { Kept } from '../kept/kept.ts';

const KEY = 'crash';
/** How long an image must live after a crash to count as sound. */
export const TRIAL_MS = 1500;
const PAUSE_MS = 30_000;
const PAUSE_MS_MAX = 30 * 60_000;

export interface CrashRecord {
  /** Of this boot. */
  readonly crashes: number;
  /** The last crash was survived for TRIAL_MS. */
  readonly isSound: boolean;
  /** Reductions since PID 1 was last sound. */
  readonly reductions: number;
}

const NONE: CrashRecord = { crashes: 0, isSound: true, reductions: 0 };

export interface Beginning {
  readonly record: CrashRecord;
  /** Present: no service is touched for so long. */
  readonly reducedMs?: number;
}

/** @param signal undefined: a boot; 0: executed again on purpose */
export function decideBeginning(before: CrashRecord, signal: number | undefined): Beginning {
  if (signal === undefined) return { record: NONE };
  if (signal === 0) return { record: { ...before, isSound: before.reductions === 0 } };
  const crashes = before.crashes + 1;
  if (before.isSound) return { record: { crashes, isSound: false, reductions: 0 } };
  const reducedMs = Math.min(PAUSE_MS * 2 ** before.reductions, PAUSE_MS_MAX);
  return { record: { crashes, isSound: false, reductions: before.reductions + 1 }, reducedMs };
}

export class CrashHistory {
  readonly #kept: Kept;
  #record: CrashRecord;
  readonly reducedMs: number | undefined;

  constructor(kept: Kept, signal: number | undefined) {
    this.#kept = kept;
    const text = kept.takeOne(KEY);
    const beginning = decideBeginning(text === undefined ? NONE : (JSON.parse(text) as CrashRecord), signal);
    this.#record = beginning.record;
    this.reducedMs = beginning.reducedMs;
    this.#write();
  }

  get onTrial(): boolean {
    return !this.#record.isSound;
  }

  sound(): void {
    this.#record = { ...this.#record, isSound: true, reductions: 0 };
    this.#write();
  }

  #write(): void {
    this.#kept.put(KEY, JSON.stringify(this.#record));
  }
}
