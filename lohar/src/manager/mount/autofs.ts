/**
 * The kernel's part of an automount: a trap on a folder. Whoever goes into it waits until it is told that the folder is mounted,
 * or is not; but for the process group that set the trap, which is PID 1's. Facts: linux/auto_fs.h, kernel's autofs.rst.
 */
import { MNT_DETACH, MNT_EXPIRE, O_RDWR, UMOUNT_NOFOLLOW } from '@bhatti/runtime/linux/constants.ts';
import { AGAIN, type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { UNMOUNTS_MAX } from '../../unit/mount/mount-settings.ts';

/** Requests to the device, _IOWR(0x93, n, struct autofs_dev_ioctl) of linux/auto_dev-ioctl.h. */
const DEVICE = '/dev/autofs';
const OPENMOUNT = 0xc0189374;
const READY = 0xc0189376;
const FAIL = 0xc0189377;
const REQUEST = { size: 24, version: 1, fd: 12 } as const;
const PROTOCOL = 5;
const AUTOFS_PTYPE_MISSING_DIRECT = 5;
/** struct autofs_v5_packet */
const PACKET = { size: 304, type: 4, token: 8, device: 12, pid: 32 } as const;

/** Somebody who waits; an answer goes to the token on the device. */
export interface Access {
  readonly token: number;
  readonly device: number;
  readonly pid: number;
}

/** @param extra options of mount(8) @returns where those come from who wait @throws SysError when the kernel cannot */
export function setTrap(sys: Sys, where: string, extra: string): Fd {
  const { read, write } = sys.pipe();
  try {
    sys.setNonBlocking(write, false); // the kernel gives up for good on one that is full
    const own = `fd=${write},minproto=${PROTOCOL},maxproto=${PROTOCOL},direct`;
    sys.mount('systemd-1', where, 'autofs', 0, extra === '' ? own : `${own},${extra}`);
    return read;
  } catch (error) {
    sys.close(read);
    throw error;
  } finally {
    sys.close(write);
  }
}

/** @returns who came since the last call; null when the trap is gone */
export function readTrap(sys: Sys, pipe: Fd): Access[] | null {
  const found: Access[] = [];
  const packet = new Uint8Array(PACKET.size);
  const view = new DataView(packet.buffer);
  for (;;) {
    const size = sys.read(pipe, packet);
    if (size === AGAIN) return found;
    if (size !== PACKET.size) return null;
    if (view.getInt32(PACKET.type, true) !== AUTOFS_PTYPE_MISSING_DIRECT) continue;
    const [token = 0, device = 0, pid = 0] = [PACKET.token, PACKET.device, PACKET.pid].map((at) =>
      view.getUint32(at, true),
    );
    found.push({ token, device, pid });
  }
}

/**
 * Those who wait go on into what is mounted, or get the error; all go on when the trap is gone. The folder below what is mounted is
 * open only meanwhile: a trap that is held open is not told to be gone.
 *
 * @param errno null: it is mounted
 * @throws SysError without the device
 */
export function answer(sys: Sys, where: string, accesses: readonly Access[], errno: number | null): void {
  const control = sys.open(DEVICE, O_RDWR);
  for (const { token, device } of accesses) {
    const opening = request(-1, [device], sys.encode(where));
    if (sys.attempt('ioctl', control, OPENMOUNT, opening) < 0) continue;
    const folder = new DataView(opening.buffer).getInt32(REQUEST.fd, true);
    sys.attempt('ioctl', control, errno === null ? READY : FAIL, request(folder, [token, -(errno ?? 0)]));
    sys.close(folder);
  }
  sys.close(control);
}

/** struct autofs_dev_ioctl: version, minor version, size, descriptor, two words, a path. */
function request(fd: number, words: readonly number[], path?: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST.size + (path === undefined ? 0 : path.length + 1));
  const view = new DataView(bytes.buffer);
  for (const [n, word] of [REQUEST.version, 0, bytes.length, fd, ...words].entries()) view.setInt32(4 * n, word, true);
  if (path !== undefined) bytes.set(path, REQUEST.size);
  return bytes;
}

/** Unmounts what nobody has used since the call before (umount(2): MNT_EXPIRE). @returns true when it is gone */
export function expire(sys: Sys, where: string): boolean {
  return sys.attempt('umount2', where, MNT_EXPIRE | UMOUNT_NOFOLLOW) === 0;
}

/** Takes the trap away, with what is mounted over it. */
export function removeTrap(sys: Sys, where: string, pipe: Fd): void {
  sys.close(pipe);
  try {
    for (let layer = 0; layer < UNMOUNTS_MAX; layer++) sys.unmount(where, MNT_DETACH | UMOUNT_NOFOLLOW);
  } catch (error) {
    if (!(error instanceof SysError)) throw error; // EINVAL: nothing is mounted there any more
  }
}
