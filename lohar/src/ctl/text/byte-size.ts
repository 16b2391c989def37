/** Sizes as systemd prints them: powers of 1024, one digit below the point, cut and not rounded: `192.0K`. */
const SUFFIXES = ['E', 'P', 'T', 'G', 'M', 'K'];

/** @param trailingB `12B` for less than a KiB, else `12` */
export function formatBytes(size: number, trailingB = true): string {
  for (const [i, suffix] of SUFFIXES.entries()) {
    const factor = 1024 ** (6 - i);
    if (size < factor) continue;
    const tenths =
      suffix === 'K'
        ? Math.floor((size * 10) / factor) % 10
        : Math.floor((Math.floor(size / (factor / 1024)) * 10) / 1024) % 10;
    return `${Math.floor(size / factor)}.${tenths}${suffix}`;
  }
  return `${size}${trailingB ? 'B' : ''}`;
}
