/** PrivateTmp=: folders that a unit sees as /tmp and /var/tmp, named as systemd names them. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { removeTree } from './directories.ts';

type TmpSys = Pick<Sys, 'mkdir' | 'chmod' | 'chown' | 'lstat' | 'symlink' | 'readdir' | 'unlink' | 'rmdir' | 'random'>;

const STICKY = 0o1777;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export class PrivateTmp {
  readonly #sys: TmpSys;
  readonly #bootId: () => string;
  readonly #folders = new Map<string, { tmp: string; varTmp: string }>();

  constructor(sys: TmpSys, bootId: () => string) {
    this.#sys = sys;
    this.#bootId = bootId;
  }

  /** Made at the first command of a run; all commands of the run share them. */
  of(unitId: string): { tmp: string; varTmp: string } {
    const known = this.#folders.get(unitId);
    if (known !== undefined) return known;
    const folders = { tmp: this.#make('/tmp', unitId), varTmp: this.#make('/var/tmp', unitId) };
    this.#folders.set(unitId, folders);
    return folders;
  }

  #make(base: string, unitId: string): string {
    const suffix = [...this.#sys.random(6)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    const folder = `${base}/systemd-private-${this.#bootId()}-${unitId}-${suffix}`;
    this.#sys.mkdir(folder, 0o700);
    this.#sys.mkdir(`${folder}/tmp`, STICKY);
    this.#sys.chmod(`${folder}/tmp`, STICKY);
    return `${folder}/tmp`;
  }

  remove(unitId: string): void {
    const folders = this.#folders.get(unitId);
    this.#folders.delete(unitId);
    if (folders === undefined) return;
    for (const path of [folders.tmp, folders.varTmp]) {
      try {
        removeTree(this.#sys, path.slice(0, path.lastIndexOf('/')));
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
      }
    }
  }
}
