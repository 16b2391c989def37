/** daemon-reload, log-level, the manager's environment, whoami. */
import { parseBoolean } from '../../../unit/value/scalar.ts';
import { NoManager } from '../../control-client.ts';
import { levelName, levelNumber } from '../../journalctl/levels.ts';
import { UsageError } from '../../options.ts';
import { type Ctl, EXIT, exitOf, managerFacts, replies, type Verb } from '../manager.ts';
import { posixQuote } from '../posix-quote.ts';

export const daemonReload: Verb = (ctl, _words, verb) => {
  const what = verb === 'daemon-reexec' ? 'Reexecute' : 'Reload';
  try {
    for (const reply of replies(ctl, { verb: verb === 'daemon-reexec' ? 'daemon-reexec' : 'daemon-reload' })) {
      if (reply.is !== 'error') continue;
      ctl.program.err(`${what} daemon failed: ${reply.error.message}`);
      return exitOf(reply.error) === EXIT.noPermission ? EXIT.failure : exitOf(reply.error);
    }
  } catch (error) {
    // A manager that executes itself anew closes the connection instead of an answer.
    const expected = verb === 'daemon-reexec' && error instanceof NoManager && error.wasConnected;
    if (!expected) throw error;
  }
  return 0;
};

export const showEnvironment: Verb = (ctl) => {
  const { program, settings } = ctl;
  for (const reply of replies(ctl, { verb: 'environment', op: 'show' })) {
    if (reply.is === 'error') {
      program.err(`Failed to get environment: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is !== 'environment') continue;
    const entries = reply.entries.map((entry) => {
      const equals = entry.indexOf('=');
      return [entry.slice(0, equals), entry.slice(equals + 1)] as const;
    });
    if (settings.output.startsWith('json')) program.out(`${JSON.stringify(Object.fromEntries(entries))}\n`);
    else program.out(entries.map(([name, value]) => `${name}=${posixQuote(value)}\n`).join(''));
  }
  return 0;
};

function change(ctl: Ctl, op: 'set' | 'unset', assignments: readonly string[], failed: string): number {
  for (const reply of replies(ctl, { verb: 'environment', op, assignments })) {
    if (reply.is !== 'error') continue;
    ctl.program.err(`${failed}: ${reply.error.message}`);
    return EXIT.failure;
  }
  return 0;
}

export const setEnvironment: Verb = (ctl, words, verb) =>
  change(ctl, verb === 'set-environment' ? 'set' : 'unset', words, 'Failed to set environment');

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws UsageError */
export const importEnvironment: Verb = (ctl, names) => {
  const { program } = ctl;
  if (names.length === 0) {
    program.err('Calling import-environment without a list of variable names is deprecated.');
    const all = [...program.env].filter(([name]) => NAME.test(name)).map(([name, value]) => `${name}=${value}`);
    return change(ctl, 'set', all, 'Failed to import environment');
  }
  const assignments: string[] = [];
  for (const name of names) {
    if (!NAME.test(name)) throw new UsageError(`Not a valid environment variable name: ${name}`);
    const value = program.env.get(name);
    if (value === undefined) program.err(`Environment variable $${name} not set, ignoring.`);
    else assignments.push(`${name}=${value}`);
  }
  return change(ctl, 'set', assignments, 'Failed to import environment');
};

export const logLevel: Verb = (ctl, [level], verb) => {
  const { program } = ctl;
  if (verb === 'log-target') {
    if (level === undefined) program.out('journal-or-kmsg\n');
    return 0;
  }
  if (level !== undefined && levelNumber(level) < 0) throw new UsageError(`"${level}" is not a valid log level.`);
  const set = level === undefined ? {} : { set: levelName(levelNumber(level)) };
  for (const reply of replies(ctl, { verb: 'log-level', ...set })) {
    if (reply.is === 'error') {
      program.err(`Failed to set log level: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is === 'log-level' && level === undefined) program.out(`${reply.level}\n`);
  }
  return 0;
};

/** Watchdogs of services are always on. */
export const serviceWatchdogs: Verb = ({ program }, [wanted]) => {
  if (wanted === undefined) {
    program.out('yes\n');
    return 0;
  }
  const on = parseBoolean(wanted);
  if (on === null) throw new UsageError('Failed to parse service-watchdogs argument: Invalid argument');
  if (on) return 0;
  program.err('Failed to set service-watchdog state: Operation not supported');
  return EXIT.failure;
};

export const whoami: Verb = (ctl, words) => {
  const { program } = ctl;
  const pids = words.length === 0 ? [String(program.sys.getpid())] : words;
  let code = 0;
  for (const word of pids) {
    if (!/^[1-9]\d{0,8}$/.test(word)) {
      program.err(`Failed to parse PID: ${word}`);
      code ||= EXIT.failure;
      continue;
    }
    for (const reply of replies(ctl, { verb: 'unit-of-pid', pid: Number(word) })) {
      if (reply.is === 'unit-of-pid') program.out(`${reply.unit}\n`);
      else if (reply.is === 'error') {
        program.err(`Failed to get unit for ourselves: ${reply.error.message}`);
        code ||= EXIT.failure;
      }
    }
  }
  return code;
};

/** list-machines: this one, there are no containers of ours. */
export const listMachines: Verb = (ctl) => {
  const { program, settings } = ctl;
  const facts = managerFacts(ctl);
  const host = program.sys.hostname();
  const cells = [
    `${host} (host)`,
    facts.get('SystemState') ?? '',
    facts.get('NFailedUnits') ?? '0',
    facts.get('NJobs') ?? '0',
  ];
  const header = ['NAME', 'STATE', 'FAILED', 'JOBS'];
  const widths = header.map(
    (name, i) => (settings.legend === false ? 0 : name.length) && Math.max(name.length, cells[i]?.length ?? 0),
  );
  const row = (texts: readonly string[]) =>
    texts.map((text, i) => (i === 3 ? text : text.padEnd(widths[i] ?? 0))).join(' ');
  if (settings.legend !== false) program.out(`  ${row(header)}\n`);
  const mark = cells[1] === 'running' ? ' ' : program.glyphs.blackCircle;
  program.out(`${mark} ${row(cells)}\n`);
  if (settings.legend !== false) program.out('\n1 machines listed.\n');
  return 0;
};
