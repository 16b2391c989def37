/** Unit names: what is valid, templates and instances. Facts: systemd.unit(5), "String escaping" and "Unit templates". */
import { UNIT_TYPES, type UnitType } from './model.ts';

/** Bytes; longer names are refused (the longest file name). */
export const NAME_SIZE_MAX = 255;

const TYPES: ReadonlySet<string> = new Set(UNIT_TYPES);
const BODY = /^[0-9A-Za-z:_.\\@-]+$/;

export const ROOT_MOUNT = '-.mount';

export type NameKind = 'plain' | 'template' | 'instance';

/** The type after the last dot, or null when that is no unit type. */
export function typeOfName(name: string): UnitType | null {
  const dot = name.lastIndexOf('.');
  const suffix = name.slice(dot + 1);
  return dot >= 0 && TYPES.has(suffix) ? (suffix as UnitType) : null;
}

/** What kind of name this is, or null when it names no unit. */
export function nameKind(name: string): NameKind | null {
  if (name.length > NAME_SIZE_MAX || typeOfName(name) === null) return null;
  const dot = name.lastIndexOf('.');
  if (dot === 0 || !BODY.test(name)) return null;
  const at = name.indexOf('@');
  if (at < 0 || at > dot) return 'plain';
  if (at === 0) return null;
  return at + 1 === dot ? 'template' : 'instance';
}

export function isPrefixValid(prefix: string): boolean {
  return prefix !== '' && /^[0-9A-Za-z:_.\\-]+$/.test(prefix);
}

export function isInstanceValid(instance: string): boolean {
  return instance !== '' && BODY.test(instance);
}

/** `foo@bar.service` -> `foo`, `foo.service` -> `foo`. */
export function prefixOf(name: string): string {
  const at = name.indexOf('@');
  return at >= 0 ? name.slice(0, at) : name.slice(0, name.lastIndexOf('.'));
}

/** `foo@bar.service` -> `bar`; '' for a template; null for a plain name. */
export function instanceOf(name: string): string | null {
  const at = name.indexOf('@');
  return at < 0 ? null : name.slice(at + 1, name.lastIndexOf('.'));
}

/** `foo@bar.service` -> `foo@.service`; null for a plain name. */
export function templateOf(name: string): string | null {
  const at = name.indexOf('@');
  return at < 0 ? null : name.slice(0, at + 1) + name.slice(name.lastIndexOf('.'));
}

/** `foo@.service`, `bar` -> `foo@bar.service`; a plain name comes back as it is. */
export function withInstance(name: string, instance: string): string {
  const at = name.indexOf('@');
  return at < 0 ? name : name.slice(0, at + 1) + instance + name.slice(name.lastIndexOf('.'));
}

/** Without the type: `foo@bar.service` -> `foo@bar`. */
export function stem(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

/** `foo.service`, `socket` -> `foo.socket`. */
export function withType(name: string, type: UnitType): string {
  return `${stem(name)}.${type}`;
}

/** Does a shell pattern stand here instead of a name? */
export function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}
