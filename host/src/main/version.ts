import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The one version of bhatti: that of its package, of --version and of the API. */
export const VERSION: string = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
).version;
