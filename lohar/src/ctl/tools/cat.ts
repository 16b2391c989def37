/** systemd-cat: what a command writes, or what comes on standard input, goes to the journal. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { parseBoolean } from '../../unit/value/scalar.ts';
import { levelNumber } from '../journalctl/levels.ts';
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { findProgram, runChild } from '../run-child.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { CAT_HELP } from './help-text.ts';

const SPECS = [
  { long: 'help', short: 'h' },
  { long: 'version' },
  { long: 'identifier', short: 't', argument: 'required' },
  { long: 'priority', short: 'p', argument: 'required' },
  { long: 'stderr-priority', argument: 'required' },
  { long: 'level-prefix', argument: 'required' },
] as const;
const STREAM = '/run/systemd/journal/stdout';
const LEVEL_INFO = 6;

interface Wish {
  identifier: string;
  priority: number;
  stderrPriority: number | null;
  levelPrefix: boolean;
  text: string | null;
}

function level(value: string): number {
  const parsed = levelNumber(value);
  if (parsed < 0) throw new UsageError('Failed to parse priority value.');
  return parsed;
}

export function cat(program: Program): number {
  const wish: Wish = { identifier: '', priority: LEVEL_INFO, stderrPriority: null, levelPrefix: true, text: null };
  const end = optionsEnd(program.argv);
  const words = program.argv.slice(end).filter((word, index) => index > 0 || word !== '--');
  parseOptions(program.name, program.argv.slice(0, end), SPECS, (option, value = '') => {
    if (option === 'identifier') wish.identifier = value;
    else if (option === 'priority') wish.priority = level(value);
    else if (option === 'stderr-priority') wish.stderrPriority = level(value);
    else if (option === 'level-prefix') wish.levelPrefix = parseBoolean(value) !== false;
    else wish.text = option === 'help' ? CAT_HELP : VERSION_TEXT;
  });
  if (wish.text !== null) {
    program.out(wish.text);
    return 0;
  }
  const argv = words.length > 0 ? words : ['cat'];
  if (findProgram(program, argv[0] ?? '') === null)
    throw new UsageError(`Failed to execute process: No such file or directory`);
  const out = openStream(program, wish, argv[0] ?? '', wish.priority);
  const err = wish.stderrPriority === null ? out : openStream(program, wish, argv[0] ?? '', wish.stderrPriority);
  return runChild(program, argv, [0, out, err]);
}

/** Options of the command are the command's. */
function optionsEnd(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--' || !word.startsWith('-')) return at;
    if (/^(?:-[tp]|--(?:identifier|priority|stderr-priority|level-prefix))$/.test(word)) at++;
  }
  return argv.length;
}

/** A stream of the journal, as sd_journal_stream_fd(3) opens it. */
function openStream({ sys }: Program, wish: Wish, command: string, priority: number): number {
  const identifier = wish.identifier || (command.split('/').at(-1) ?? '');
  try {
    const fd = sys.connectUnix(STREAM, 'stream');
    sys.setNonBlocking(fd, false);
    sys.write(fd, sys.encode(`${identifier}\n\n${priority}\n${wish.levelPrefix ? 1 : 0}\n0\n0\n0\n`));
    return fd;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new UsageError(`Failed to create stream fd: ${error.message}`);
  }
}
