/** Numbers that carry their unit in the type, made and checked in one place. */

declare const unit: unique symbol;
type Unit<U extends string> = number & { readonly [unit]: U };

/** A duration in milliseconds, a whole number >= 0. */
export type Millis = Unit<'ms'>;
/** A size in bytes, a whole number >= 0. */
export type Bytes = Unit<'byte'>;
/** A size in MiB (2^20 bytes), a whole number >= 0. */
export type Mebibytes = Unit<'MiB'>;

function whole(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not ${what}: ${value}`);
  return value;
}

/** @throws RangeError unless a whole number >= 0 */
export const millis = (value: number): Millis => whole(value, 'a duration in ms') as Millis;
/** @throws RangeError unless a whole number >= 0 */
export const bytes = (value: number): Bytes => whole(value, 'a size in bytes') as Bytes;
/** @throws RangeError unless a whole number >= 0 */
export const mebibytes = (value: number): Mebibytes => whole(value, 'a size in MiB') as Mebibytes;
