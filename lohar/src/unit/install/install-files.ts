/** What enabling and the like do to the file system, beyond looking. */
import type { UnitFiles } from '../load/unit-files.ts';

export interface InstallFiles extends UnitFiles {
  /** Makes the folders above as well. */
  symlink(target: string, path: string): void;
  unlink(path: string): void;
  /** Only if it is empty; anything else is no error. */
  removeFolder(path: string): boolean;
}
