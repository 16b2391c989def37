/** Packages of another distribution: its source and key in the image, and pins that let nothing else of it in. */
import { basename } from 'node:path';

export interface Foreign {
  readonly suite: string;
  readonly packages: readonly string[];
  /** On the host. */
  readonly keyring: string;
  /** Lines of sources.list(5) without a key. */
  readonly lines: readonly string[];
}

/** @returns where the key lies in the image */
export const keyringInImage = (foreign: Foreign): string => `/etc/apt/keyrings/${basename(foreign.keyring)}`;

/**
 * @returns apt_preferences(5): 700 is above the base's 500. All else is at -1, never: at 1 apt took Debian's libglib2.0-0
 *   rather than Ubuntu's libglib2.0-0t64 that provides it.
 */
export function foreignPins(all: readonly Foreign[]): string {
  return all
    .flatMap(({ suite, packages }) => {
      const releases = [suite, `${suite}-updates`, `${suite}-security`].map((name) => `release n=${name}`);
      return [
        ...releases.map((release) => pin('*', release, -1)),
        ...releases.map((release) => pin(packages.join(' '), release, 700)),
      ];
    })
    .join('\n');
}

const pin = (packages: string, which: string, priority: number): string =>
  `Package: ${packages}\nPin: ${which}\nPin-Priority: ${priority}\n`;
