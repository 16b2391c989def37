/**
 * The device state that QEMU's `xen-save-devices-state` writes, made loadable by `-incoming`.
 *
 * It lacks two sections the loader wants (QEMU's migration/savevm.c): QEMU_VM_CONFIGURATION with the machine's name
 * after the 8 bytes of magic and version, and QEMU_VM_VMDESCRIPTION at the end.
 */
const MAGIC = 0x5145564d; // 'QEVM'
const VERSION = 3;
const HEAD_SIZE = 8;
const CONFIGURATION = 7;
const DESCRIPTION = 6;
const EOF = 0;

/** @throws Error when these bytes are no complete device state */
export function loadableState(saved: Uint8Array, machine: string): Uint8Array {
  const view = new DataView(saved.buffer, saved.byteOffset, saved.byteLength);
  if (saved.length <= HEAD_SIZE || view.getUint32(0) !== MAGIC) throw new Error('not a device state of QEMU');
  if (view.getUint32(4) !== VERSION) throw new Error(`device state of version ${view.getUint32(4)}`);
  if (saved[HEAD_SIZE] === CONFIGURATION) throw new Error('the device state has a configuration section already');
  if (saved[saved.length - 1] !== EOF) throw new Error('the device state has no end');
  const name = new TextEncoder().encode(machine);
  const loadable = new Uint8Array(saved.length + 5 + name.length + 5);
  const out = new DataView(loadable.buffer);
  loadable.set(saved.subarray(0, HEAD_SIZE));
  out.setUint8(HEAD_SIZE, CONFIGURATION);
  out.setUint32(HEAD_SIZE + 1, name.length);
  loadable.set(name, HEAD_SIZE + 5);
  loadable.set(saved.subarray(HEAD_SIZE), HEAD_SIZE + 5 + name.length);
  out.setUint8(loadable.length - 5, DESCRIPTION); // be32 length 0 follows: already zero
  return loadable;
}
