/** The command line of journalctl, and which options exclude each other as systemd 255 has it. */
import { parseOptions, UsageError } from '../options.ts';
import { ACTIONS, FLAGS, type Now, SPECS, setBoot, setCase, setLines, UNSUPPORTED, VALUES } from './option-table.ts';
import { countsFromEnd, initialSettings, type Settings } from './settings.ts';

/** @throws UsageError */
export function parseSettings(argv: readonly string[], now: Now): Settings {
  const settings = initialSettings();
  settings.matches = parseOptions('journalctl', argv, SPECS, (option, value, following) => {
    const flag = FLAGS[option];
    const action = ACTIONS[option];
    if (flag !== undefined) flag(settings);
    else if (option === 'lines') setLines(settings, value, following);
    else if (option === 'boot') setBoot(settings, value, following);
    else if (option === 'case-sensitive') setCase(settings, value);
    else if (UNSUPPORTED.has(option)) {
      settings.action = 'unsupported';
      settings.unsupported = option;
    } else if (action !== undefined) settings.action = action;
    else VALUES[option]?.(settings, value ?? '', now);
  });
  return checked(settings);
}

function checked(settings: Settings): Settings {
  const s = settings;
  if (s.noTail) s.lines = 'all';
  if (s.follow && s.sinceUs === undefined && s.lines === 'default') s.lines = 10;
  if (s.follow && !s.merge) s.boot ??= { id: '', offset: 0 };
  const sources = [s.folder, s.files[0], s.machine, s.root].filter((source) => source !== undefined);
  if (sources.length > 1) {
    throw new UsageError('Please specify at most one of -D/--directory=, --file=, -M/--machine=, --root=, --image=.');
  }
  if (s.sinceUs !== undefined && s.untilUs !== undefined && s.sinceUs > s.untilUs)
    throw new UsageError('--since= must be before --until=.');
  const starts = [s.cursor, s.afterCursor, s.sinceUs].filter((start) => start !== undefined);
  if (starts.length > 1) throw new UsageError('Please specify only one of --since=, --cursor=, and --after-cursor=.');
  if (s.follow && s.reverse) throw new UsageError('Please specify either --reverse or --follow, not both.');
  if (typeof s.lines === 'number' && s.oldest && (s.reverse || s.follow))
    throw new UsageError('--lines=+N is unsupported when --reverse or --follow is specified.');
  const [extra] = s.matches;
  if (s.action !== 'show' && s.action !== 'list-catalog' && s.action !== 'help' && s.action !== 'version' && extra)
    throw new UsageError(`Extraneous arguments starting with '${extra}'`);
  if ((s.boot !== undefined || s.action === 'list-boots') && s.merge)
    throw new UsageError('Using --boot or --list-boots with --merge is not supported.');
  if (s.scope === 'user') s.userUnits.push(...s.units.splice(0));
  compilePattern(s);
  return s;
}

/** A pattern without capital letters ignores case, as in journalctl. With -n, entries come from the end. */
function compilePattern(settings: Settings): void {
  const { pattern } = settings;
  if (pattern === undefined) return;
  const sensitive = settings.caseSensitive ?? /\p{Lu}/u.test(pattern);
  try {
    settings.grep = new RegExp(pattern, sensitive ? 'u' : 'iu');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Bad pattern "${pattern}": ${why}`);
  }
  if (countsFromEnd(settings) && !settings.follow) settings.reverse = true;
}
