/** Where a package does otherwise in a sandbox than under real systemd, and why. */
import type { Difference } from './compare.ts';

interface KnownDifference {
  readonly why: string;
  readonly packages: readonly string[];
  /** Of what is compared: 'links added'. */
  readonly about: RegExp;
}

const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    why: 'systemd calls the service by one of its aliases there.',
    packages: ['nfs-common'],
    about: /^rpcbind\.service stop$/,
  },
];

/** @returns the cause, undefined for a difference that nobody has explained */
export const causeOf = (name: string, { about }: Difference): string | undefined =>
  KNOWN_DIFFERENCES.find((known) => known.packages.includes(name) && known.about.test(about))?.why;
