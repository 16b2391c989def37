/**
 * The local time zone of a client. The engine's Date knows the offset (from TZ or /etc/localtime); the abbreviation, CET
 * or CEST, it does not know: that comes from the zone file itself (tzfile(5)).
 */
export interface Zone {
  /** Minutes east of Greenwich at a moment, ms since 1970. */
  offsetMinutes(ms: number): number;
  /** 'UTC', 'CEST' */
  name(ms: number): string;
}

export const UTC: Zone = { offsetMinutes: () => 0, name: () => 'UTC' };

interface TimeType {
  readonly offsetSec: number;
  readonly name: string;
}

/** Transitions in one zone file; the largest have about 240. */
const TRANSITIONS_MAX = 10_000;

function sizes(view: DataView, at: number) {
  const [isUt, isStd, leaps, times, types, names] = [20, 24, 28, 32, 36, 40].map((field) => view.getUint32(at + field));
  return { isUt, isStd, leaps, times, types, names } as Record<
    'isUt' | 'isStd' | 'leaps' | 'times' | 'types' | 'names',
    number
  >;
}

/** The part of a zone file with 64 bit times. @returns [moments in seconds, index of the type from then on, types] */
function parse(bytes: Uint8Array): { times: number[]; indexes: number[]; types: TimeType[] } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 88 || view.getUint32(0) !== 0x545a6966 || bytes[4] === 0) return null;
  const first = sizes(view, 0);
  // The first block has 32 bit times, for old readers.
  const at = 44 + first.times * 5 + first.types * 6 + first.names + first.leaps * 8 + first.isStd + first.isUt;
  if (bytes.length < at + 44) return null;
  const { times: count, types: typeCount, names: nameSize } = sizes(view, at);
  const start = at + 44;
  if (count > TRANSITIONS_MAX || bytes.length < start + count * 9 + typeCount * 6 + nameSize) return null;
  const times = Array.from({ length: count }, (_, i) => Number(view.getBigInt64(start + i * 8)));
  const indexes = Array.from({ length: count }, (_, i) => bytes[start + count * 8 + i] ?? 0);
  const typesAt = start + count * 9;
  const names = bytes.subarray(typesAt + typeCount * 6, typesAt + typeCount * 6 + nameSize);
  const types = Array.from({ length: typeCount }, (_, i) => {
    const from = bytes[typesAt + i * 6 + 5] ?? 0;
    const name = String.fromCharCode(...names.subarray(from, names.indexOf(0, from)));
    return { offsetSec: view.getInt32(typesAt + i * 6), name };
  });
  return { times, indexes, types };
}

/** `+05:30`, for an offset that has no name. */
function numeric(offset: number): string {
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${minutes === 0 ? '' : String(minutes).padStart(2, '0')}`;
}

/** @param file content of /etc/localtime or of the zone that TZ names; null when there is none */
export function localZone(file: Uint8Array | null): Zone {
  const parsed = file === null ? null : parse(file);
  const offsetMinutes = (ms: number) => -new Date(ms).getTimezoneOffset();
  const name = (ms: number): string => {
    const offset = offsetMinutes(ms);
    const sec = Math.floor(ms / 1000);
    // The newest type with this offset: also beyond the last transition, where a rule goes on.
    for (let i = (parsed?.times.length ?? 0) - 1; i >= 0; i--) {
      const type = parsed?.types[parsed.indexes[i] ?? 0];
      if ((parsed?.times[i] ?? 0) <= sec && type?.offsetSec === offset * 60) return type.name;
    }
    const only = parsed?.types.find((type) => type.offsetSec === offset * 60);
    return only?.name ?? (offset === 0 ? 'UTC' : numeric(offset));
  };
  return { offsetMinutes, name };
}
