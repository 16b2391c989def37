/** systemctl: one table of verbs; what each does is in verbs/. */
import { unknownVerb } from '../closest-word.ts';
import { NoManager } from '../control-client.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import type { Ctl, Verb } from './manager.ts';
import { parseCall } from './parse-settings.ts';

interface Row {
  /** A verb is read when it is used: the others would cost the client more than its own work. */
  readonly load: () => Promise<Verb>;
  /** Arguments besides the verb. */
  readonly min: number;
  readonly max: number;
  /** Works on files alone, with --root= too. */
  readonly offline?: true;
}

const ANY = Number.POSITIVE_INFINITY;
const row = (load: Row['load'], min = 0, max = ANY): Row => ({ load, min, max });
const offline = (load: Row['load'], min = 0, max = ANY): Row => ({ load, min, max, offline: true });

const job = async () => (await import('./verbs/job.ts')).jobVerb;
const isolate = async () => (await import('./verbs/job.ts')).isolate;
const isActive = async () => (await import('./verbs/is-active.ts')).isActive;
const isFailed = async () => (await import('./verbs/is-active.ts')).isFailed;
const isSystemRunning = async () => (await import('./verbs/is-active.ts')).isSystemRunning;
const listUnits = async () => (await import('./verbs/list-units.ts')).listUnits;
const listUnitFiles = async () => (await import('./verbs/list-units.ts')).listUnitFiles;
const listTriggers = async () => (await import('./verbs/list-triggers.ts')).listTriggers;
const listJobs = async () => (await import('./verbs/list-jobs.ts')).listJobs;
const cancel = async () => (await import('./verbs/list-jobs.ts')).cancel;
const listDependencies = async () => (await import('./verbs/list-dependencies.ts')).listDependencies;
const unitFiles = async () => (await import('./verbs/unit-files.ts')).unitFileVerb;
const presetAll = async () => (await import('./verbs/unit-files.ts')).presetAll;
const addDependency = async () => (await import('./verbs/unit-files.ts')).addDependency;
const setDefault = async () => (await import('./verbs/unit-files.ts')).setDefault;
const getDefault = async () => (await import('./verbs/unit-files.ts')).getDefault;
const isEnabled = async () => (await import('./verbs/unit-files.ts')).isEnabled;
const kill = async () => (await import('./verbs/unit-state.ts')).kill;
const resetFailed = async () => (await import('./verbs/unit-state.ts')).resetFailed;
const freeze = async () => (await import('./verbs/unit-state.ts')).freeze;
const clean = async () => (await import('./verbs/clean.ts')).clean;
const setProperty = async () => (await import('./verbs/unit-state.ts')).setProperty;
const daemonReload = async () => (await import('./verbs/manager-state.ts')).daemonReload;
const logLevel = async () => (await import('./verbs/manager-state.ts')).logLevel;
const serviceWatchdogs = async () => (await import('./verbs/manager-state.ts')).serviceWatchdogs;
const showEnvironment = async () => (await import('./verbs/manager-state.ts')).showEnvironment;
const setEnvironment = async () => (await import('./verbs/manager-state.ts')).setEnvironment;
const importEnvironment = async () => (await import('./verbs/manager-state.ts')).importEnvironment;
const listMachines = async () => (await import('./verbs/manager-state.ts')).listMachines;
const whoami = async () => (await import('./verbs/manager-state.ts')).whoami;
const power = async () => (await import('./verbs/power.ts')).power;
const status = async () => (await import('./verbs/status.ts')).status;
const help = async () => (await import('./verbs/status.ts')).help;
const show = async () => (await import('./verbs/show.ts')).show;
const cat = async () => (await import('./verbs/cat.ts')).cat;
const edit = async () => (await import('./verbs/edit.ts')).edit;

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
  start: row(job, 1),
  stop: row(job, 1),
  condstop: row(job, 1),
  reload: row(job, 1),
  restart: row(job, 1),
  'try-restart': row(job, 1),
  'reload-or-restart': row(job, 1),
  'reload-or-try-restart': row(job, 1),
  'try-reload-or-restart': row(job, 1),
  'force-reload': row(job, 1),
  condreload: row(job, 1),
  condrestart: row(job, 1),
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
  'service-watchdogs': row(serviceWatchdogs, 0, 1),
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
  enable: offline(unitFiles, 1),
  disable: offline(unitFiles, 1),
  'is-enabled': offline(isEnabled, 1),
  reenable: offline(unitFiles, 1),
  preset: offline(unitFiles, 1),
  'preset-all': offline(presetAll, 0, 0),
  mask: offline(unitFiles, 1),
  unmask: offline(unitFiles, 1),
  link: offline(unitFiles, 1),
  revert: offline(unitFiles, 1),
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

function findVerb(word: string): Row {
  const found = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(unknownVerb(word, Object.keys(VERBS)));
}

async function runVerb(ctl: Ctl, verb: string, args: readonly string[]): Promise<number> {
  const { settings } = ctl;
  const found = findVerb(verb);
  if (settings.root !== '' && found.offline === undefined)
    throw new UsageError(`Verb '${verb}' cannot be used with --root= or --image=.`);
  if (args.length < found.min) throw new UsageError('Too few arguments.');
  if (args.length > found.max) throw new UsageError('Too many arguments.');
  if (settings.scope === 'user') throw new UsageError('Failed to connect to bus: No medium found');
  const run = await found.load();
  const isOfUsers = settings.scope === 'global' && found.offline !== undefined;
  if (settings.root === '' && !isOfUsers) return run(ctl, args, verb);
  const offline = (await import('./offline.ts')).answersIn(ctl.program.sys, { root: settings.root, isOfUsers });
  return run({ ...ctl, offline }, args, verb);
}

/** PID 1 is somebody else: what systemd's own systemctl says then. */
const NOT_BOOTED = `System has not been booted with systemd as init system (PID 1). Can't operate.
Failed to connect to bus: Host is down`;

export async function systemctl(program: Program): Promise<number> {
  const { settings, words } = parseCall(program.name, program.argv);
  if (settings.print !== undefined) {
    program.out(await settings.print(program));
    return 0;
  }
  const [verb = 'list-units', ...args] = words;
  try {
    return await runVerb({ program, settings }, verb, args);
  } catch (error) {
    if (!(error instanceof NoManager)) throw error;
    program.err(error.wasConnected ? `Failed to get a reply: ${error.message}` : NOT_BOOTED);
    return 1;
  }
}
