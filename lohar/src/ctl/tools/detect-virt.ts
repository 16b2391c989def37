/** systemd-detect-virt: a sandbox is a machine of QEMU, and no container. */
import { parseOptions } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const SPECS = [
  { long: 'version' },
  { long: 'container', short: 'c' },
  { long: 'vm', short: 'v' },
  { long: 'chroot', short: 'r' },
  { long: 'private-users' },
  { long: 'quiet', short: 'q' },
] as const;
/** What `bhatti` runs sandboxes with. */
const VIRTUALIZATION = 'qemu';
const EXIT_NONE = 1;

export function detectVirt(program: Program): number {
  const asked = new Set<string>();
  parseOptions(program.name, program.argv, SPECS, (option) => void asked.add(option));
  if (asked.has('version')) {
    program.out(VERSION_TEXT);
    return 0;
  }
  if (asked.has('chroot') || asked.has('private-users')) return EXIT_NONE;
  const found = asked.has('container') ? 'none' : VIRTUALIZATION;
  if (!asked.has('quiet')) program.out(`${found}\n`);
  return found === 'none' ? EXIT_NONE : 0;
}
