/** Looks into a PNG of 8 bits a channel that is not interlaced (RFC 2083). */
import { inflateSync } from 'node:zlib';

const SIGNATURE = '89504e470d0a1a0a';
/** Bytes a pixel by colour type: grey, RGB, grey and alpha, RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Bytes a pixel. */
  readonly channels: number;
  readonly pixels: Buffer;
}

/** @throws Error for what is no such PNG */
export function readPng(png: Buffer): Picture {
  if (png.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error(`not a PNG: ${png.length} bytes`);
  const parts: Buffer[] = [];
  for (let at = 8; at + 8 <= png.length; ) {
    const size = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  const [width, height, depth, type] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const channels = CHANNELS[type ?? -1];
  if (depth !== 8 || channels === undefined || png[28] !== 0) throw new Error('a PNG of another kind');
  return { width, height, channels, pixels: unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels) };
}

function unfiltered(rows: Buffer, stride: number, channels: number): Buffer {
  const height = Math.floor(rows.length / (stride + 1));
  const pixels = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0);
      const up = y === 0 ? 0 : (pixels[at - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (pixels[at - stride - channels] ?? 0);
      pixels[at] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  return pixels;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
      return Number(a) <= Number(b) && Number(a) <= Number(c) ? left : Number(b) <= Number(c) ? up : corner;
    }
    default:
      return 0;
  }
}

/** @returns how many colours it has, counted up to `most` */
export function coloursOf({ pixels, channels }: Picture, most = 16): number {
  const seen = new Set<number>();
  for (let at = 0; at < pixels.length && seen.size < most; at += channels) seen.add(pixels.readUIntBE(at, channels));
  return seen.size;
}
