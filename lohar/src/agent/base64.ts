/** Base64 of RFC 4648; what is no letter of it is skipped. For a few bytes only: it walks them one by one. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let size = 0;
  let bits = 0;
  let count = 0;
  // Without iterators and lists: a waking guest pays for each kind of thing it does first.
  for (let at = 0; at < text.length; at++) {
    const value = ALPHABET.indexOf(text.charAt(at));
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes[size++] = (bits >> count) & 0xff;
  }
  return bytes.subarray(0, size);
}
