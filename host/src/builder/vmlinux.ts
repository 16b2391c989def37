/**
 * Takes the kernel proper out of a bzImage. QEMU starts a vmlinux through its PVH note without any boot code of its own
 * (and 2 s sooner than the bzImage under emulation, which would have to decompress itself).
 * Formats: Documentation/arch/x86/boot.rst of Linux; elf(5); PVH note: Xen's public/elfnote.h.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { BhattiError } from '@bhatti/wire/errors.ts';

const SETUP_SECTORS_AT = 0x1f1;
const MAGIC_AT = 0x202;
const VERSION_AT = 0x206;
const PAYLOAD_OFFSET_AT = 0x248;
const PAYLOAD_LENGTH_AT = 0x24c;
/** Boot protocol that brought payload_offset. */
const PROTOCOL_MIN = 0x0208;
const SECTOR = 512;
/** Largest kernel unpacked, in bytes. */
const KERNEL_SIZE_MAX = 256 * 1024 * 1024;

const ELF_MAGIC = 0x464c457f;
const PT_NOTE = 4;
/** XEN_ELFNOTE_PHYS32_ENTRY, of name "Xen". */
const PVH_NOTE = 18;

/**
 * @returns an ELF with a PVH note
 * @throws BhattiError image.broken
 */
export function extractVmlinux(bzImage: Buffer): Buffer {
  if (bzImage.length < SECTOR * 2 || bzImage.toString('latin1', MAGIC_AT, MAGIC_AT + 4) !== 'HdrS')
    throw broken('it is no bzImage');
  const version = bzImage.readUInt16LE(VERSION_AT);
  if (version < PROTOCOL_MIN) throw broken(`its boot protocol is ${version.toString(16)}, older than 2.08`);
  // 0 means 4, for historical reasons (boot.rst).
  const sectors = bzImage.readUInt8(SETUP_SECTORS_AT) || 4;
  const start = (sectors + 1) * SECTOR + bzImage.readUInt32LE(PAYLOAD_OFFSET_AT);
  const end = start + bzImage.readUInt32LE(PAYLOAD_LENGTH_AT);
  if (start >= end || end > bzImage.length) throw broken('it is cut short');
  const vmlinux = decompress(bzImage.subarray(start, end));
  if (!hasPvhNote(vmlinux)) throw broken('it has no PVH entry (CONFIG_PVH)');
  return vmlinux;
}

function decompress(payload: Buffer): Buffer {
  const magic = payload.readUInt32LE(0);
  const limit = { maxOutputLength: KERNEL_SIZE_MAX };
  try {
    // The build appends the unpacked size, four bytes, to zstd (scripts/Makefile.lib, size_append).
    if (magic === 0xfd2fb528) return zstdDecompressSync(payload.subarray(0, -4), limit);
    if ((magic & 0xffff) === 0x8b1f) return gunzipSync(payload, limit);
    if (magic === ELF_MAGIC) return Buffer.from(payload);
  } catch (cause) {
    throw broken('its payload cannot be unpacked', cause);
  }
  throw broken(`its payload is neither zstd nor gzip (it starts with ${payload.toString('hex', 0, 4)})`);
}

/** @returns whether this is a little-endian 64-bit ELF that QEMU can enter by PVH */
export function hasPvhNote(elf: Buffer): boolean {
  if (elf.length < 64 || elf.readUInt32LE(0) !== ELF_MAGIC || elf[4] !== 2 || elf[5] !== 1) return false;
  const table = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const count = elf.readUInt16LE(56);
  if (size < 56 || table + size * count > elf.length) return false;
  for (let index = 0; index < count; index++) {
    const header = table + index * size;
    if (elf.readUInt32LE(header) !== PT_NOTE) continue;
    const offset = Number(elf.readBigUInt64LE(header + 8));
    const length = Number(elf.readBigUInt64LE(header + 32));
    if (offset + length <= elf.length && notesHavePvh(elf.subarray(offset, offset + length))) return true;
  }
  return false;
}

function notesHavePvh(notes: Buffer): boolean {
  const padded = (size: number) => (size + 3) & ~3;
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameSize = notes.readUInt32LE(at);
    const valueSize = notes.readUInt32LE(at + 4);
    if (notes.readUInt32LE(at + 8) === PVH_NOTE && notes.toString('latin1', at + 12, at + 15) === 'Xen') return true;
    at += 12 + padded(nameSize) + padded(valueSize);
  }
  return false;
}

const broken = (why: string, cause?: unknown): BhattiError =>
  new BhattiError('image.broken', `cannot take vmlinux out of the kernel: ${why}`, {
    remedy: 'use a kernel package of Ubuntu 24.04, such as linux-image-virtual, in the recipe',
    cause,
  });
