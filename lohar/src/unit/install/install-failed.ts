/** enable, mask and the like cannot be done; the message is systemd's. */
import type { BusError, BusErrorName } from '../model.ts';

export class InstallFailed extends Error {
  readonly error: BusError;
  constructor(name: BusErrorName, message: string) {
    super(message);
    this.name = 'InstallFailed';
    this.error = { name, message };
  }
}
