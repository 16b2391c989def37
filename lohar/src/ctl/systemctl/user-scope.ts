/**
 * systemctl --global: unit files of all users' managers. They lie beside the system's, folder by folder, and are looked at and
 * changed in the same way: here they are the system's under another name. Facts: systemd.unit(5), systemd.preset(5).
 */
import type { rootedSys } from './rooted-sys.ts';

type FileSys = ReturnType<typeof rootedSys>;

const SYSTEM = /^(\/(?:etc|run|lib|usr\/lib|usr\/local\/lib)\/systemd\/)system(?=$|[/.-])/;
const USER = /^(\/(?:etc|run|lib|usr\/lib|usr\/local\/lib)\/systemd\/)user(?=$|[/.-])/;

/** Where a user's file is that is asked for as the system's. */
export const userPath = (path: string): string => path.replace(SYSTEM, '$1user');
const systemPath = (path: string): string => path.replace(USER, '$1system');

/** Folders of user units where the system's are looked for. */
export function userScoped(sys: FileSys): FileSys {
  return {
    ...sys,
    readFile: (path, limit) => sys.readFile(userPath(path), limit),
    stat: (path) => sys.stat(userPath(path)),
    lstat: (path) => sys.lstat(userPath(path)),
    readdir: (path, limit) => sys.readdir(userPath(path), limit),
    readlink: (path) => systemPath(sys.readlink(userPath(path))),
    realpath: (path) => systemPath(sys.realpath(userPath(path))),
    symlink: (to, path) => sys.symlink(userPath(to), userPath(path)),
    unlink: (path) => sys.unlink(userPath(path)),
    rmdir: (path) => sys.rmdir(userPath(path)),
    mkdir: (path, mode) => sys.mkdir(userPath(path), mode),
  };
}
