/**
 * A directive of unit files: how its value is read, what it is when nobody sets it, and which part of lohar makes it
 * true. A directive without an enforcer is accepted and listed by `systemctl show -p BhattiIgnored`.
 */
import type { Resolve } from '../exec/specifier.ts';

/** What a reader may use besides the text. */
export interface Reading {
  /** The directive as written. */
  readonly key: string;
  readonly resolve: Resolve;
  /** Is there a time zone of this name? */
  readonly isZone: (name: string) => boolean;
  /** Logs `FILE:LINE: text`. */
  readonly warn: (text: string) => void;
  /** Makes the unit unfit to be started. */
  readonly fatal: () => void;
}

/** @returns the new value; undefined when the text is refused and what was before stays */
export type Reader<T> = (text: string, at: Reading, before: T) => T | undefined;

/** The part that enforces, by its file in unit/ or manager/; null: nothing does. */
export type Enforcer =
  | 'load'
  | 'graph'
  | 'job'
  | 'condition'
  | 'service'
  | 'start-limit'
  | 'action'
  | 'spawn'
  | 'credentials'
  | 'environment'
  | 'stdio'
  | 'directories'
  | 'sandbox'
  | 'capabilities'
  | 'cgroup'
  | 'kill'
  | 'journal'
  | 'fork'
  | 'mount'
  | 'timer'
  | 'socket'
  | 'path'
  | null;

export interface Directive<T> {
  readonly read: Reader<T>;
  readonly initial: T;
  readonly enforcer: Enforcer;
}

export function directive<T>(read: Reader<T>, initial: T, enforcer: Enforcer): Directive<T> {
  return { read, initial, enforcer };
}

/** The settings that a table of directives describes. */
export type SettingsOf<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Directive<infer Value> ? Value : never;
};
