/**
 * A root file system as its archives describe it, laid over each other before anything is unpacked: no name of theirs
 * ever meets a file of this host. What comes out has plain paths below real folders only, and unpacks anywhere.
 */
import type { TarEntry } from '../tar/entry.ts';

/** What makes an archive no root. */
export class BadRoot extends Error {}

/** As the kernel does (path_resolution(7)). */
const LINKS_MAX = 40;
const DEPTH_MAX = 256;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** What an entry is about but its name and where its content lies. */
export type Inode = Omit<TarEntry, 'name'> & { readonly archive: number };

export interface Folder {
  inode: Inode;
  readonly children: Map<string, Node>;
}
/** Names of one file share their inode. */
export type Node = Folder | { readonly inode: Inode };

const isFolder = (node: Node): node is Folder => 'children' in node;

const IMPLIED: Inode = {
  ...{ type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0, target: '', major: 0, minor: 0 },
  ...{ extended: new Map(), offset: 0, size: 0, archive: -1 },
};

export class RootTree {
  readonly root: Folder = newFolder(IMPLIED);

  /** Lays one member over what is there. `archive` is the number of its archive. @throws BadRoot */
  add(entry: TarEntry, archive: number): void {
    const parts = partsOf(entry.name);
    const name = parts.pop();
    const { name: _, ...rest } = entry;
    const inode: Inode = { ...rest, archive };
    if (name === undefined) {
      if (entry.type === 'directory') this.root.inode = inode;
      return;
    }
    const folder = this.#folder(parts);
    if (entry.type === 'hardlink') {
      const target = this.find(entry.target);
      if (target === undefined || isFolder(target))
        throw new BadRoot(`${entry.name} is a link to ${entry.target}, which is no file of it`);
      folder.children.set(name, target);
      return;
    }
    const before = folder.children.get(name);
    if (entry.type !== 'directory') folder.children.set(name, { inode });
    else if (before !== undefined && isFolder(before)) before.inode = inode;
    else folder.children.set(name, newFolder(inode));
  }

  /** Takes away what a layer's whiteout hides (image-spec, layer.md). @returns false when the member is none */
  hide(entry: TarEntry): boolean {
    const parts = partsOf(entry.name);
    const name = parts.pop() ?? '';
    if (!name.startsWith(WHITEOUT)) return false;
    const folder = this.find(parts.join('/'));
    if (folder === undefined || !isFolder(folder)) return true;
    if (name === OPAQUE) folder.children.clear();
    else folder.children.delete(name.slice(WHITEOUT.length));
    return true;
  }

  /** What is at a path, links of its folders followed; undefined when there is nothing. @throws BadRoot */
  find(path: string): Node | undefined {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) return this.root;
    const folder = this.#walk(parts, false);
    return folder?.children.get(name);
  }

  /** Where a path leads when every link is followed. @throws BadRoot */
  resolve(path: string): Node | undefined {
    let at = path;
    for (let hops = 0; hops < LINKS_MAX; hops += 1) {
      const node = this.find(at);
      if (node === undefined || isFolder(node) || node.inode.type !== 'symlink') return node;
      const { target } = node.inode;
      const parent = at.slice(0, at.lastIndexOf('/') + 1);
      at = target.startsWith('/') ? target : normal(`${parent}${target}`);
    }
    return undefined;
  }

  /** The folder at these parts; made where there is none. */
  #folder(parts: readonly string[]): Folder {
    const folder = this.#walk(parts, true);
    if (folder === undefined) throw new BadRoot(`/${parts.join('/')} is no folder`);
    return folder;
  }

  #walk(path: readonly string[], make: boolean): Folder | undefined {
    const above: Folder[] = [];
    let folder = this.root;
    let parts = [...path];
    let links = 0;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      if (part === '..') {
        folder = above.pop() ?? this.root;
        continue;
      }
      if (above.length > DEPTH_MAX) throw new BadRoot(`its folders are more than ${DEPTH_MAX} deep`);
      let next = folder.children.get(part);
      if (next === undefined) {
        if (!make) return undefined;
        next = newFolder(IMPLIED);
        folder.children.set(part, next);
      }
      if (isFolder(next)) {
        above.push(folder);
        folder = next;
        continue;
      }
      if (next.inode.type !== 'symlink') return undefined;
      links += 1;
      if (links > LINKS_MAX) throw new BadRoot(`too many links on the way to /${path.join('/')}`);
      const { target } = next.inode;
      if (target.startsWith('/')) {
        above.length = 0;
        folder = this.root;
      }
      parts = [...target.split('/').filter((one) => one !== '' && one !== '.'), ...parts];
    }
    return folder;
  }
}

function newFolder(inode: Inode): Folder {
  return { inode, children: new Map() };
}

/** @throws BadRoot for a name that leads out of the root */
function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new BadRoot(`the name ${JSON.stringify(name)} leads out of it`);
  return parts;
}

/** A path without '..', which stops at the root. */
function normal(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.join('/');
}
