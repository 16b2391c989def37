/** Takes what no running program needs off the end of an ELF file: symbols, debug data, the table of sections. */

const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
/** Offsets in the file header (elf(5)). */
const PROGRAM_HEADERS_AT = 32;
const SECTION_HEADERS_AT = 40;
const PROGRAM_HEADER_COUNT = 56;
const SECTION_COUNTS_AT = 60;

/**
 * The kernel and ld.so go by the segments alone, which all lie before that.
 * @returns a shorter copy, or the file itself when it is no 64-bit little-endian ELF
 */
export function stripElf(file: Buffer): Buffer {
  const isElf = file.length >= HEADER_SIZE && file.toString('latin1', 0, 4) === '\x7fELF';
  if (!isElf || file[4] !== CLASS_64 || file[5] !== LITTLE_ENDIAN) return file;
  const headers = Number(file.readBigUInt64LE(PROGRAM_HEADERS_AT));
  const count = file.readUInt16LE(PROGRAM_HEADER_COUNT);
  let end = headers + count * PROGRAM_HEADER_SIZE;
  if (end > file.length) return file;
  for (let i = 0; i < count; i++) {
    const at = headers + i * PROGRAM_HEADER_SIZE;
    end = Math.max(end, Number(file.readBigUInt64LE(at + 8)) + Number(file.readBigUInt64LE(at + 32)));
  }
  if (end >= file.length) return file;
  const stripped = Buffer.from(file.subarray(0, end));
  stripped.writeBigUInt64LE(0n, SECTION_HEADERS_AT);
  stripped.fill(0, SECTION_COUNTS_AT, HEADER_SIZE);
  return stripped;
}
