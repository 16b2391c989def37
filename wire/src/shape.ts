/** Checks of foreign JSON: a shape turns `unknown` into its type or throws ShapeError. Unknown keys are left out. */

export class ShapeError extends Error {
  constructor(at: string, want: string) {
    super(`${at || 'document'} must be ${want}`);
    this.name = 'ShapeError';
  }
}

/** @throws ShapeError */
export type Shape<T> = (value: unknown, at: string) => T;
type Of<S> = S extends Shape<infer T> ? T : never;
type Fields = Readonly<Record<string, Shape<unknown>>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** Text of at most `max` UTF-16 units without NUL (it goes into C strings). */
export function text(max: number): Shape<string> {
  return (value, at) => {
    if (typeof value !== 'string' || value.length > max) throw new ShapeError(at, `text of at most ${max} characters`);
    if (value.includes('\0')) throw new ShapeError(at, 'text without NUL');
    return value;
  };
}

export function integer(min: number, max: number): Shape<number> {
  return (value, at) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      throw new ShapeError(at, `a whole number from ${min} to ${max}`);
    }
    return value as number;
  };
}

/** A finite number; JSON has no others, but 1e999 parses to Infinity. */
export function finite(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(at, 'a number');
  return value;
}

export function flag(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') throw new ShapeError(at, 'true or false');
  return value;
}

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return (value, at) => {
    if (!values.includes(value as T)) throw new ShapeError(at, `one of ${values.join(', ')}`);
    return value as T;
  };
}

export function list<T>(item: Shape<T>, max: number): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > max) throw new ShapeError(at, `a list of at most ${max}`);
    return value.map((entry, index) => item(entry, `${at}[${index}]`));
  };
}

export function record<T>(item: Shape<T>, max: number, key: RegExp): Shape<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(plain(value, at));
    if (entries.length === 0) return {};
    if (entries.length > max) throw new ShapeError(at, `an object of at most ${max} keys`);
    const bad = entries.find(([name]) => !key.test(name));
    if (bad) throw new ShapeError(at, `an object with keys like ${key.source}`);
    return Object.fromEntries(entries.map(([name, entry]) => [name, item(entry, `${at}.${name}`)]));
  };
}

/** An object with these fields; those of `optional` may be absent. */
export function object<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional?: O,
): Shape<Flat<{ [K in keyof R]: Of<R[K]> } & { [K in keyof O]?: Of<O[K]> }>> {
  const needed = Object.entries(required);
  const allowed = Object.entries(optional ?? {});
  return (value, at) => {
    const given = plain(value, at);
    const made: Record<string, unknown> = {};
    for (const [name, shape] of needed) made[name] = shape(given[name], `${at}.${name}`);
    for (const [name, shape] of allowed) {
      if (given[name] !== undefined) made[name] = shape(given[name], `${at}.${name}`);
    }
    return made as Flat<{ [K in keyof R]: Of<R[K]> } & { [K in keyof O]?: Of<O[K]> }>;
  };
}

/** One of several objects, told apart by the text in `key`. */
export function tagged<K extends string, V extends Readonly<Record<string, Shape<unknown>>>>(
  key: K,
  variants: V,
): Shape<{ [T in keyof V & string]: Flat<Readonly<Record<K, T>> & Of<V[T]>> }[keyof V & string]> {
  return (value, at) => {
    const tag = plain(value, at)[key];
    if (typeof tag !== 'string' || !Object.hasOwn(variants, tag)) throw new ShapeError(`${at}.${key}`, 'a known name');
    const shape = variants[tag] as Shape<Record<string, unknown>>;
    const made = shape(value, at);
    made[key] = tag;
    return made as never;
  };
}

function plain(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError(at, 'an object');
  return value as Readonly<Record<string, unknown>>;
}
