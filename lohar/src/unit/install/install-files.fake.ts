/** InstallFiles out of a map of paths. */
import { FakeUnitFiles } from '../load/unit-files.fake.ts';
import type { InstallFiles } from './install-files.ts';

export class FakeInstallFiles extends FakeUnitFiles implements InstallFiles {
  symlink(target: string, path: string): void {
    this.entries.set(path, `-> ${target}`);
  }
  unlink(path: string): void {
    this.entries.delete(path);
  }
  removeFolder(path: string): boolean {
    return this.list(path).length === 0;
  }
}
