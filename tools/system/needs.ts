/** Which programs and files of the system bhatti needs, and the Debian and Ubuntu packages that hold them: one row a package. */
export interface Need {
  /** Its name, or the absolute path of a file where it is no program that is needed. */
  readonly program: string;
  /** Package per architecture name of Node, or one for all. */
  readonly debian: string | Readonly<Partial<Record<NodeJS.Architecture, string>>>;
  readonly why: string;
  /** 'run': npm start and npm test; 'test': npm test alone. */
  readonly for: 'run' | 'test';
  /** Needed by a plain user only. */
  readonly onlyUser?: true;
}

export const NEEDS: readonly Need[] = [
  {
    program: process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64',
    debian: { x64: 'qemu-system-x86', arm64: 'qemu-system-arm' },
    why: 'runs the sandboxes',
    for: 'run',
  },
  { program: 'qemu-img', debian: 'qemu-utils', why: 'finds the holes of a tier image', for: 'run' },
  { program: 'mmdebstrap', debian: 'mmdebstrap', why: 'unpacks Ubuntu into a tier image', for: 'run' },
  {
    program: '/usr/share/distro-info/ubuntu.csv',
    debian: 'distro-info-data',
    why: 'tells mmdebstrap which suites are Ubuntu, and so where they come from',
    for: 'run',
  },
  { program: 'mke2fs', debian: 'e2fsprogs', why: 'makes the file system of a tier image', for: 'run' },
  { program: 'nft', debian: 'nftables', why: 'keeps sandboxes away from the host and private networks', for: 'run' },
  { program: 'ip', debian: 'iproute2', why: 'sets up the network that sandboxes share', for: 'run' },
  { program: 'slirp4netns', debian: 'slirp4netns', why: 'gives that network a way out', for: 'run' },
  { program: 'unshare', debian: 'util-linux', why: 'makes namespaces', for: 'run' },
  { program: 'newuidmap', debian: 'uidmap', why: 'builds tier images without root', for: 'run', onlyUser: true },
  { program: 'gpg', debian: 'gpg', why: 'signs a mirror that a test makes', for: 'test' },
  { program: 'mount', debian: 'mount', why: 'makes a small disk that a test fills', for: 'test' },
  { program: 'qemu-aarch64-static', debian: 'qemu-user-static', why: 'runs the arm64 build of lohar', for: 'test' },
];

/** The package of a need on this machine's architecture. @throws Error where there is none */
export function packageOf(need: Need): string {
  if (typeof need.debian === 'string') return need.debian;
  const name = need.debian[process.arch];
  if (name === undefined) throw new Error(`cannot run bhatti on ${process.arch}: it supports x64 and arm64.`);
  return name;
}
