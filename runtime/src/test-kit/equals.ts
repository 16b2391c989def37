/** Deep equality as assert.deepStrictEqual has it, for the kinds of values that our tests compare. */

export function equals(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Map) return b instanceof Map && equals([...a], [...b]);
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((item) => hasEqual(b, item));
  if (a instanceof Error && b instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equals(Reflect.get(a, name), Reflect.get(b, name)))
  );
}

const hasEqual = (set: ReadonlySet<unknown>, item: unknown): boolean =>
  set.has(item) || [...set].some((other) => equals(other, item));
