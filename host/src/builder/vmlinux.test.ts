import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { extractVmlinux, hasPvhNote } from './vmlinux.ts';

const XEN_PHYS32_ENTRY = 18;

/** An ELF of one note segment with two notes, the second as given. */
function elf(noteType: number, name = 'Xen\0'): Buffer {
  const note = (owner: string, type: number) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(owner.length, 0);
    head.writeUInt32LE(4, 4);
    head.writeUInt32LE(type, 8);
    return Buffer.concat([head, Buffer.from(owner), Buffer.alloc(4)]);
  };
  const notes = Buffer.concat([note('GNU\0', 3), note(name, noteType)]);
  const head = Buffer.alloc(64 + 56);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(head);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(4, 64);
  head.writeBigUInt64LE(BigInt(head.length), 64 + 8);
  head.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
  return Buffer.concat([head, notes]);
}

function bzImage(payload: Buffer, change: (header: Buffer) => void = () => {}): Buffer {
  const setup = Buffer.alloc(2 * 512);
  setup.writeUInt8(1, 0x1f1);
  setup.write('HdrS', 0x202, 'latin1');
  setup.writeUInt16LE(0x020f, 0x206);
  setup.writeUInt32LE(16, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  change(setup);
  return Buffer.concat([setup, Buffer.alloc(16), payload, Buffer.from('trailer')]);
}

const kernel = elf(XEN_PHYS32_ENTRY);
/** As the kernel's build appends it to zstd. */
const withSize = (packed: Buffer) => Buffer.concat([packed, Buffer.from([1, 2, 3, 4])]);
const packed = withSize(zstdCompressSync(kernel));

const good: [name: string, image: Buffer][] = [
  ['zstd', bzImage(packed)],
  ['gzip', bzImage(gzipSync(kernel))],
  ['a payload that is not packed', bzImage(kernel)],
];
for (const [name, image] of good)
  test(`vmlinux comes out of ${name}`, () => assert.deepEqual(extractVmlinux(image), kernel));

const bad: [name: string, image: Buffer, why: string][] = [
  ['nothing', Buffer.alloc(0), 'it is no bzImage'],
  ['noise', Buffer.alloc(4096, 7), 'it is no bzImage'],
  [
    'an old protocol',
    bzImage(packed, (header) => header.writeUInt16LE(0x0207, 0x206)),
    'its boot protocol is 207, older than 2.08',
  ],
  ['a cut file', bzImage(packed).subarray(0, 1100), 'it is cut short'],
  ['a length beyond the end', bzImage(packed, (header) => header.writeUInt32LE(0xffffffff, 0x24c)), 'it is cut short'],
  ['an empty payload', bzImage(packed, (header) => header.writeUInt32LE(0, 0x24c)), 'it is cut short'],
  ['xz', bzImage(Buffer.from('fd377a585a00', 'hex')), 'its payload is neither zstd nor gzip (it starts with fd377a58)'],
  [
    'zstd with a hole',
    bzImage(Buffer.concat([packed.subarray(0, 12), Buffer.alloc(20)])),
    'its payload cannot be unpacked',
  ],
  ['a kernel without PVH', bzImage(withSize(zstdCompressSync(elf(6)))), 'it has no PVH entry (CONFIG_PVH)'],
  [
    "another owner's note 18",
    bzImage(withSize(zstdCompressSync(elf(18, 'GNU\0')))),
    'it has no PVH entry (CONFIG_PVH)',
  ],
];
for (const [name, image, why] of bad)
  test(`${name} is refused`, () => {
    assert.throws(
      () => extractVmlinux(image),
      (error) => {
        assert.ok(error instanceof BhattiError);
        assert.deepEqual(
          [error.code, error.message],
          ['image.broken', `cannot take vmlinux out of the kernel: ${why}`],
        );
        return true;
      },
    );
  });

test('an ELF cut at any byte never throws', () => {
  for (let size = 0; size < kernel.length; size++) assert.equal(hasPvhNote(kernel.subarray(0, size)), false);
});
