/** Sizes in bytes and percentages. Facts: systemd.resource-control(5). */

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
  E: 2 ** 60,
};
const SIZE = /^(\d+)(?:\.(\d+))?\s*([BKMGTPE]?)$/;

/** `1G`, `1.5M`, `4096`; null when it is none. Powers of 1024. */
export function parseSize(text: string): number | null {
  let total = 0;
  for (const part of text.trim().split(/\s+/)) {
    const found = SIZE.exec(part);
    const factor = FACTORS[found?.[3] ?? ''];
    if (found === null || factor === undefined) return null;
    total += Number(found[1]) * factor + Math.trunc(Number(`0.${found[2] ?? '0'}`) * factor);
  }
  return total;
}

/** `12%`, `12.5%`, `12.34%`; as hundredths of a percent, null when it is none. */
export function parsePercent(text: string): number | null {
  const found = /^(\d+)(?:\.(\d{1,2}))?%$/.exec(text);
  if (found === null) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

/** Whole number in decimal, 0x, 0o or 0b; null when it is none. */
export function parseInteger(text: string): number | null {
  if (/^[+-]?\d+$/.test(text)) {
    const octal = /^[+-]?0\d/.test(text);
    const value = Number.parseInt(text, octal ? 8 : 10);
    return octal && /[89]/.test(text) ? null : checked(value);
  }
  return /^0[xob][0-9a-fA-F]+$/.test(text) ? checked(Number(text)) : null;
}

function checked(value: number): number | null {
  return Number.isSafeInteger(value) ? value : null;
}
