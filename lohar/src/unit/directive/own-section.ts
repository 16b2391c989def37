/** Directives of a section that only one unit type has: all of its settings are one setting of the unit, made when needed. */
import type { Directive, Enforcer, Reader } from './directive.ts';

export interface OwnSettings {
  /** Directives that were set and that nothing makes true. */
  readonly ignored: readonly string[];
}

export type OwnRow<S> = Directive<S | null>;

/** How one field of the section is read; `ignored`: it is understood and nothing more. */
export function ownRow<S extends OwnSettings, K extends keyof S>(
  initial: S,
  field: K,
  read: Reader<S[K]>,
  enforcer: Enforcer,
): OwnRow<S> {
  return {
    initial: null,
    enforcer,
    read: (value, at, before) => {
      const settings = before ?? initial;
      const after = read(value, at, settings[field]);
      if (after === undefined) return undefined;
      const ignored = enforcer === null ? [...new Set([...settings.ignored, at.key])] : settings.ignored;
      return { ...settings, [field]: after, ignored };
    },
  };
}

/** Accepted in any form, and told by BhattiIgnored. */
export function ignoredRow<S extends OwnSettings>(initial: S): OwnRow<S> {
  return ownRow<S, 'ignored'>(initial, 'ignored', (_, __, before) => before, null);
}
