/** IP addresses as text and as bytes (inet_pton(3), inet_ntop(3)). Pure. */

/** '10.0.2.15' as four bytes. */
export function ipv4(text: string): Uint8Array | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? Uint8Array.from(parts) : null;
}

function groups(text: string): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part)) ? parts.map((part) => Number.parseInt(part, 16)) : null;
}

/** '::1' as sixteen bytes; no zone, no dotted end. */
export function ipv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return null;
  const all = [...head, ...new Array<number>(gap).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** Four or sixteen bytes; the longest run of zeros is `::`. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const parts = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const runs = [...parts.join(':').matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.reduce<RegExpMatchArray | null>((a, b) => (b[0].length > (a?.[0].length ?? 0) ? b : a), null);
  const text = parts.join(':');
  if (longest === null) return text;
  const at = longest.index ?? 0;
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest[0].length).replace(/^:/, '')}`;
}
