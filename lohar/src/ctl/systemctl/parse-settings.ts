/** The command line of systemctl. */
import { parseOptions, UsageError } from '../options.ts';
import { FLAGS, SPECS, VALUES } from './option-table.ts';
import { initialSettings, type Settings } from './settings.ts';

export interface Call {
  readonly settings: Settings;
  /** Verb and its arguments. */
  readonly words: readonly string[];
}

/** @throws UsageError */
export function parseCall(program: string, argv: readonly string[]): Call {
  const settings = initialSettings();
  const words = parseOptions(program, argv, SPECS, (option, value) => {
    // The first option that prints something ends the command line.
    if (settings.print !== undefined) return;
    if (option === ' dash-unit') {
      throw new UsageError(
        `${program}: invalid option -- '.'\nHint: to specify units starting with a dash, use "--":\n      ${program} [OPTIONS...] COMMAND -- -.${value ?? 'mount'} ...`,
      );
    }
    FLAGS[option]?.(settings);
    VALUES[option]?.(settings, value ?? '');
  });
  return { settings, words };
}
