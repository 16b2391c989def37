/** Indices of the set bits, from the lowest on. @param bitmap hex digits as ChunkMap writes them: the lowest bit of a byte first */
export function setBits(bitmap: string): number[] {
  return [...Buffer.from(bitmap, 'hex')].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (1 << bit)) !== 0).map((bit) => index * 8 + bit),
  );
}
