/** /run/systemd/notify: what services say of themselves, with the kernel's word on who says it (sd_notify(3)). */
import { type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { NOTIFY_SIZE_MAX, type NotifyFields, parseNotify } from '../unit/service/notify-fields.ts';

export const NOTIFY_SOCKET = '/run/systemd/notify';
const SOCKET_MODE = 0o777;
/** Datagrams taken before others have their turn. */
const PER_TURN = 64;

type NotifySys = Pick<Sys, 'listenUnix' | 'setPassCredentials' | 'receive' | 'close' | 'unlink' | 'decode'>;

export interface NotifySender {
  readonly pid: number;
  readonly uid: number;
}

/** @returns a new socket */
export function openNotifySocket(sys: NotifySys): Fd {
  try {
    sys.unlink(NOTIFY_SOCKET);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
  }
  const fd = sys.listenUnix(NOTIFY_SOCKET, 'datagram', SOCKET_MODE);
  sys.setPassCredentials(fd);
  return fd;
}

export function listenForNotifications(
  sys: NotifySys,
  loop: Loop,
  fd: Fd,
  on: (from: NotifySender, fields: NotifyFields) => void,
): void {
  const buffer = new Uint8Array(NOTIFY_SIZE_MAX);
  loop.watch(fd, 'in', () => {
    for (let count = 0; count < PER_TURN; count++) if (!takeOne(sys, fd, buffer, on)) return;
  });
}

function takeOne(
  sys: NotifySys,
  fd: Fd,
  buffer: Uint8Array,
  on: (from: NotifySender, fields: NotifyFields) => void,
): boolean {
  const message = sys.receive(fd, buffer);
  if (message === null) return false;
  const { credentials, size, truncated } = message;
  try {
    // Longer messages are dropped whole, as systemd does.
    if (credentials !== undefined && credentials.pid > 0 && !truncated)
      on({ pid: credentials.pid, uid: credentials.uid }, parseNotify(sys.decode(buffer.subarray(0, size))));
  } finally {
    // BARRIER=1 passes a descriptor whose closing says that all before it has been heard.
    for (const passed of message.fds) sys.close(passed);
  }
  return true;
}
