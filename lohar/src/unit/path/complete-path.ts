/** What makes a path unit unfit. Texts: systemd 255. */
import type { Completed } from '../service/complete-service.ts';
import type { PathSettings } from './path-settings.ts';

export function completePath(given: PathSettings | null): Completed {
  const refusal = (given?.specs.length ?? 0) > 0 ? null : 'Path unit lacks path setting. Refusing.';
  return { settings: {}, refusal, warnings: [] };
}
