import { join } from 'node:path';

/** What `bhatti setup` made is written down in the folder of the daemon that it made. */
export function recordPath(dataDir: string): string {
  return join(dataDir, 'setup.json');
}
