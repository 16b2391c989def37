/** SHA-1 and SHA-256 (FIPS 180-4) of short texts: a WebSocket's handshake and a password. */

type Words = number[];

/** The message in blocks of 16 words, with its length behind it. */
function blocks(bytes: Uint8Array): Words[] {
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(size - 4, bytes.length * 8);
  return Array.from({ length: size / 64 }, (_, block) =>
    Array.from({ length: 16 }, (_, word) => view.getUint32(block * 64 + word * 4)),
  );
}

function toBytes(words: Words): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word);
  return bytes;
}

const at = (words: Words, i: number): number => words[i] ?? 0;
const left = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const right = (x: number, by: number): number => left(x, 32 - by);

export function sha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (const w of blocks(bytes)) {
    for (let t = 16; t < 80; t++) w.push(left(at(w, t - 3) ^ at(w, t - 8) ^ at(w, t - 14) ^ at(w, t - 16), 1));
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = hash;
    for (const [t, word] of w.entries()) {
      const [f, k] = sha1Round(t, b, c, d);
      const next = (left(a, 5) + f + e + k + word) | 0;
      [a, b, c, d, e] = [next, a, left(b, 30), c, d];
    }
    for (const [i, word] of [a, b, c, d, e].entries()) hash[i] = (at(hash, i) + word) | 0;
  }
  return toBytes(hash);
}

function sha1Round(t: number, b: number, c: number, d: number): [f: number, k: number] {
  if (t < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (t < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (t < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

/** The first 32 bits of the fractions of a root of the first primes. */
function primeRoots(count: number, root: (prime: number) => number): Words {
  const words: Words = [];
  for (let n = 2; words.length < count; n++) {
    let prime = true;
    for (let by = 2; by * by <= n; by++) if (n % by === 0) prime = false;
    if (prime) words.push(((root(n) % 1) * 2 ** 32) | 0);
  }
  return words;
}

const K256 = primeRoots(64, Math.cbrt);
const START256 = primeRoots(8, Math.sqrt);

export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const hash = [...START256];
  for (const w of blocks(bytes)) {
    for (let t = 16; t < 64; t++) {
      const [x, y] = [at(w, t - 15), at(w, t - 2)];
      const s0 = right(x, 7) ^ right(x, 18) ^ (x >>> 3);
      const s1 = right(y, 17) ^ right(y, 19) ^ (y >>> 10);
      w.push((at(w, t - 16) + s0 + at(w, t - 7) + s1) | 0);
    }
    const s = [...hash];
    for (const [t, word] of w.entries()) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = s;
      const t1 = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + at(K256, t) + word) | 0;
      const t2 = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      s.splice(0, 8, (t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g);
    }
    for (const [i, word] of s.entries()) hash[i] = (at(hash, i) + word) | 0;
  }
  return toBytes(hash);
}
