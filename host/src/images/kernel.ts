/** Tells which machine a kernel file is for: elf(5), and Documentation/arch/arm64/booting.rst of Linux. */

/** Bytes to read from the start of the file. */
export const KERNEL_HEAD_SIZE = 64;
const ELF_MAGIC = 0x464c457f;
const EM_X86_64 = 62;
/** "ARM\x64" at byte 56 of an arm64 Image. */
const ARM64_IMAGE_MAGIC = 0x644d5241;

/** @returns null for what QEMU could not boot */
export function kernelArch(head: Buffer): 'amd64' | 'arm64' | null {
  if (head.length < KERNEL_HEAD_SIZE) return null;
  if (head.readUInt32LE(0) === ELF_MAGIC && head.readUInt16LE(18) === EM_X86_64) return 'amd64';
  return head.readUInt32LE(56) === ARM64_IMAGE_MAGIC ? 'arm64' : null;
}
