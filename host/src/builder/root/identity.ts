/**
 * What makes a sandbox itself and must not be in an image made of it: two sandboxes of one image would share it. What a
 * tier has of that kind it lists in a file of /etc/bhatti/identity.d, one pattern a line.
 */
import type { Folder, Inode } from './root-tree.ts';

export const IDENTITY_FOLDER = 'etc/bhatti/identity.d';
/** Patterns that those files hold together. */
export const PATTERNS_MAX = 1000;

/** `*` stands for any part of one name, `**` as the last part for every file below, whose folders stay. */
export const IDENTITY: readonly string[] = [
  'etc/ssh/ssh_host_*',
  'var/lib/dbus/machine-id',
  'var/lib/systemd/random-seed',
  'var/lib/systemd/credential.secret',
  'etc/docker/key.json',
  'var/lib/docker/engine-id',
  ...homes('.*_history', '.lesshst', '.viminfo', '.wget-hsts', '.Xauthority', '.ICEauthority', '.kasmpasswd*'),
  ...homes('.vnc/passwd', '.vnc/kasmpasswd', '.vnc/*.log', '.vnc/*.pid', '.config/chromium/Singleton*'),
  'var/log/**',
  'var/tmp/**',
  'tmp/**',
  'run/**',
];

/** Written by lohar at each boot, and empty until then: machine-id(5) says what an empty one means. */
export const WRITTEN_AT_BOOT: readonly string[] = ['etc/machine-id', 'etc/hostname', 'etc/resolv.conf'];

function homes(...paths: readonly string[]): string[] {
  return paths.flatMap((path) => [`root/${path}`, `home/*/${path}`]);
}

/** @returns how many files are gone */
export function forget(root: Folder, pattern: string): number {
  return forgetBelow(
    root,
    pattern.split('/').filter((part) => part !== '' && part !== '.'),
  );
}

function forgetBelow(folder: Folder, [part, ...rest]: readonly string[]): number {
  if (part === undefined) return 0;
  if (part === '**') return forgetAll(folder);
  const fits = matcher(part);
  let gone = 0;
  for (const [name, node] of folder.children) {
    if (!fits(name)) continue;
    if (rest.length > 0) gone += 'children' in node ? forgetBelow(node, rest) : 0;
    else {
      folder.children.delete(name);
      gone += 1;
    }
  }
  return gone;
}

function forgetAll(folder: Folder): number {
  let gone = 0;
  for (const [name, node] of folder.children) {
    if ('children' in node) gone += forgetAll(node);
    else {
      folder.children.delete(name);
      gone += 1;
    }
  }
  return gone;
}

function matcher(part: string): (name: string) => boolean {
  if (!part.includes('*')) return (name) => name === part;
  const pattern = part
    .split('*')
    .map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return (name) => new RegExp(`^${pattern}$`, 's').test(name);
}

/** An empty file in its place. */
export function emptied(before: Inode | undefined, nowS: number): Inode {
  const plain = { mode: 0o644, uid: 0, gid: 0, major: 0, minor: 0, target: '', extended: new Map<string, string>() };
  const kept = before?.type === 'file' ? { mode: before.mode, uid: before.uid, gid: before.gid } : {};
  return { ...plain, ...kept, type: 'file', mtime: nowS, offset: 0, size: 0, archive: -1 };
}
