/** InstallFiles over the real file system. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { InstallFiles } from '../unit/install/install-files.ts';
import { DiskUnitFiles } from './disk-unit-files.ts';

type InstallSys = ConstructorParameters<typeof DiskUnitFiles>[0] & Pick<Sys, 'symlink' | 'unlink' | 'rmdir' | 'mkdir'>;

export class DiskInstallFiles extends DiskUnitFiles implements InstallFiles {
  readonly #sys: InstallSys;

  constructor(sys: InstallSys) {
    super(sys);
    this.#sys = sys;
  }

  symlink(target: string, path: string): void {
    const parts = path.split('/').slice(1, -1);
    for (const index of parts.keys()) this.#mkdir(`/${parts.slice(0, index + 1).join('/')}`);
    this.#sys.symlink(target, path);
  }

  #mkdir(path: string): void {
    try {
      this.#sys.mkdir(path, 0o755);
    } catch (error) {
      if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
    }
  }

  unlink(path: string): void {
    this.#sys.unlink(path);
  }

  removeFolder(path: string): boolean {
    try {
      this.#sys.rmdir(path);
      return true;
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }
}
