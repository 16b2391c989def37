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

const MS_OF: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Seconds, with a fraction or a unit: 30, 1.5, 500ms, 5m, 1h. @returns undefined for any other text, and for 0 */
export function durationMs(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * (MS_OF[unit] ?? 0));
  return number !== undefined && ms > 0 ? ms : undefined;
}
