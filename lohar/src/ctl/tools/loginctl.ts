/** loginctl: says that there is nobody to ask, and what does the same here. */
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const NOBODY = `Failed to connect to the login manager: a bhatti sandbox has none.
Sessions are listed by 'bhatti list' and 'bhatti shell' outside, processes inside by 'systemd-cgls'.`;

export function loginctl(program: Program): number {
  if (program.argv.includes('--version')) {
    program.out(VERSION_TEXT);
    return 0;
  }
  program.err(NOBODY);
  return 1;
}
