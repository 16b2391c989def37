/** Empty things that stand for what is hidden from a service. */
export const INACCESSIBLE = '/run/systemd/inaccessible';
/** Where a child makes a /dev of its own. It is there before: the child's root may be read-only by then. */
export const PRIVATE_DEV = '/run/systemd/private-dev';

/** Folders below /run that programs and lohar itself expect, with their modes. */
export const SYSTEMD_FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ['/run/systemd', 0o755],
  ['/run/systemd/system', 0o755],
  ['/run/systemd/transient', 0o755],
  ['/run/systemd/generator', 0o755],
  ['/run/systemd/generator.early', 0o755],
  ['/run/systemd/generator.late', 0o755],
  [INACCESSIBLE, 0o755],
  [PRIVATE_DEV, 0o755],
  ['/run/bhatti', 0o755],
  ['/run/credentials', 0o755],
];
