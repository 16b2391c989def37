/** systemctl: one table of verbs; what each does is in verbs/. */
import { NoManager } from '../control-client.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import type { Ctl, Verb } from './manager.ts';
import { parseCall } from './parse-settings.ts';
import { cat } from './verbs/cat.ts';
import { edit } from './verbs/edit.ts';
import { isActive, isFailed, isSystemRunning } from './verbs/is-active.ts';
import { isolate, jobVerb } from './verbs/job.ts';
import { listDependencies } from './verbs/list-dependencies.ts';
import { cancel, listJobs } from './verbs/list-jobs.ts';
import { listTriggers } from './verbs/list-triggers.ts';
import { listUnitFiles, listUnits } from './verbs/list-units.ts';
import {
  daemonReload,
  importEnvironment,
  listMachines,
  logLevel,
  setEnvironment,
  showEnvironment,
  whoami,
} from './verbs/manager-state.ts';
import { power } from './verbs/power.ts';
import { show } from './verbs/show.ts';
import { help, status } from './verbs/status.ts';
import { addDependency, getDefault, isEnabled, presetAll, setDefault, unitFileVerb } from './verbs/unit-files.ts';
import { clean, freeze, kill, resetFailed, setProperty } from './verbs/unit-state.ts';

interface Row {
  readonly run: Verb;
  /** Arguments besides the verb. */
  readonly min: number;
  readonly max: number;
  /** Works on files alone, with --root= too. */
  readonly offline?: true;
}

const ANY = Number.POSITIVE_INFINITY;
const row = (run: Verb, min = 0, max = ANY): Row => ({ run, min, max });
const offline = (run: Verb, min = 0, max = ANY): Row => ({ run, min, max, offline: true });

/** In the order of systemd's own table: the first verb that fits is suggested for a mistyped one. */
const VERBS: Readonly<Record<string, Row>> = {
  'list-units': row(listUnits),
  'list-unit-files': offline(listUnitFiles),
  'list-automounts': row(listTriggers),
  'list-paths': row(listTriggers),
  'list-sockets': row(listTriggers),
  'list-timers': row(listTriggers),
  'list-jobs': row(listJobs),
  'list-machines': row(listMachines),
  'clear-jobs': row(cancel, 0, 0),
  cancel: row(cancel),
  start: row(jobVerb, 1),
  stop: row(jobVerb, 1),
  condstop: row(jobVerb, 1),
  reload: row(jobVerb, 1),
  restart: row(jobVerb, 1),
  'try-restart': row(jobVerb, 1),
  'reload-or-restart': row(jobVerb, 1),
  'reload-or-try-restart': row(jobVerb, 1),
  'try-reload-or-restart': row(jobVerb, 1),
  'force-reload': row(jobVerb, 1),
  condreload: row(jobVerb, 1),
  condrestart: row(jobVerb, 1),
  isolate: row(isolate, 1, 1),
  kill: row(kill, 1),
  clean: row(clean, 1),
  freeze: row(freeze, 1),
  thaw: row(freeze, 1),
  'is-active': row(isActive, 1),
  check: row(isActive, 1),
  'is-failed': row(isFailed),
  show: row(show),
  cat: row(cat, 1),
  status: row(status),
  help: row(help, 1),
  'daemon-reload': row(daemonReload, 0, 0),
  'daemon-reexec': row(daemonReload, 0, 0),
  'log-level': row(logLevel, 0, 1),
  'log-target': row(logLevel, 0, 1),
  'show-environment': row(showEnvironment, 0, 0),
  'set-environment': row(setEnvironment, 1),
  'unset-environment': row(setEnvironment, 1),
  'import-environment': row(importEnvironment),
  halt: row(power, 0, 0),
  poweroff: row(power, 0, 0),
  reboot: row(power, 0, 0),
  kexec: row(power, 0, 0),
  'soft-reboot': row(power, 0, 0),
  suspend: row(power, 0, 0),
  hibernate: row(power, 0, 0),
  default: row(isolate, 0, 0),
  rescue: row(isolate, 0, 0),
  emergency: row(isolate, 0, 0),
  exit: row(power, 0, 1),
  'reset-failed': row(resetFailed),
  enable: offline(unitFileVerb, 1),
  disable: offline(unitFileVerb, 1),
  'is-enabled': offline(isEnabled, 1),
  reenable: offline(unitFileVerb, 1),
  preset: offline(unitFileVerb, 1),
  'preset-all': offline(presetAll, 0, 0),
  mask: offline(unitFileVerb, 1),
  unmask: offline(unitFileVerb, 1),
  link: offline(unitFileVerb, 1),
  revert: offline(unitFileVerb, 1),
  'list-dependencies': row(listDependencies),
  'set-default': offline(setDefault, 1, 1),
  'get-default': offline(getDefault, 0, 0),
  'set-property': row(setProperty, 2),
  'is-system-running': offline(isSystemRunning, 0, 0),
  'add-wants': offline(addDependency, 2),
  'add-requires': offline(addDependency, 2),
  edit: row(edit, 1),
  whoami: row(whoami),
};

/** How many letters must change to make one word of the other. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const DISTANCE_MAX = 5;
/** Longer words are no verb that someone mistyped. */
const WORD_MAX = 64;

function closest(word: string): string | undefined {
  const verbs = Object.keys(VERBS);
  const started = verbs.filter((verb) => verb.startsWith(word)).sort((a, b) => a.length - b.length);
  if (started[0] !== undefined) return started[0];
  if (word.length > WORD_MAX) return undefined;
  const near = verbs.map((verb) => ({ verb, far: distance(verb, word) })).filter(({ far }) => far <= DISTANCE_MAX);
  return near.sort((a, b) => a.far - b.far)[0]?.verb;
}

function findVerb(word: string): Row {
  const found = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (found !== undefined) return found;
  const suggestion = closest(word);
  const hint = suggestion === undefined ? '.' : `, did you mean '${suggestion}'?`;
  throw new UsageError(`Unknown command verb '${word}'${hint}`);
}

function runVerb(ctl: Ctl, verb: string, args: readonly string[]): number {
  const { settings } = ctl;
  const found = findVerb(verb);
  if (settings.root !== '' && found.offline === undefined)
    throw new UsageError(`Verb '${verb}' cannot be used with --root= or --image=.`);
  if (args.length < found.min) throw new UsageError('Too few arguments.');
  if (args.length > found.max) throw new UsageError('Too many arguments.');
  if (settings.scope === 'user') throw new UsageError('Failed to connect to bus: No medium found');
  return found.run(ctl, args, verb);
}

/** PID 1 is somebody else: what systemd's own systemctl says then. */
const NOT_BOOTED = `System has not been booted with systemd as init system (PID 1). Can't operate.
Failed to connect to bus: Host is down`;

export function systemctl(program: Program): number {
  const { settings, words } = parseCall(program.name, program.argv);
  if (settings.print !== undefined) {
    program.out(settings.print);
    return 0;
  }
  const [verb = 'list-units', ...args] = words;
  try {
    return runVerb({ program, settings }, verb, args);
  } catch (error) {
    if (!(error instanceof NoManager)) throw error;
    program.err(error.wasConnected ? `Failed to get a reply: ${error.message}` : NOT_BOOTED);
    return 1;
  }
}
