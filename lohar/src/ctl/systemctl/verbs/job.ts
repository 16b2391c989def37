/** start, stop, restart, reload and their kin, isolate. */
import type { JobRequest, Request } from '../../../control/protocol.ts';
import type { BusError, JobVerb } from '../../../unit/model.ts';
import { isGlob } from '../../../unit/name.ts';
import { UsageError } from '../../options.ts';
import { jobComplaint } from '../job-result.ts';
import { type Ctl, EXIT, exitOf, replies, unitFileChanged, type Verb } from '../manager.ts';

/** What each verb asks for, and what it is called in messages. */
const VERBS: Readonly<Record<string, { readonly job: JobVerb; readonly says: string }>> = {
  start: { job: 'start', says: 'start' },
  stop: { job: 'stop', says: 'stop' },
  condstop: { job: 'stop', says: 'stop' },
  reload: { job: 'reload', says: 'reload' },
  restart: { job: 'restart', says: 'restart' },
  'try-restart': { job: 'try-restart', says: 'try-restart' },
  condrestart: { job: 'try-restart', says: 'try-restart' },
  'reload-or-restart': { job: 'reload-or-restart', says: 'reload-or-restart' },
  'try-reload-or-restart': { job: 'try-reload-or-restart', says: 'reload-or-try-restart' },
  'reload-or-try-restart': { job: 'try-reload-or-restart', says: 'reload-or-try-restart' },
  condreload: { job: 'try-reload-or-restart', says: 'reload-or-try-restart' },
  'force-reload': { job: 'try-reload-or-restart', says: 'reload-or-try-restart' },
};

const GLOB_HINT = `Hint: unit globs expand to loaded units, so start will usually have no effect.
      Passing --all will also load units which are pulled in by other units.
      See systemctl(1) for more details.`;

/** Errors after which `See system logs ...` would tell nothing new. */
const PLAIN_ERRORS: ReadonlySet<string> = new Set(['NoSuchUnit', 'UnitMasked', 'JobTypeNotApplicable']);

function complain(ctl: Ctl, says: string, unit: string, error: BusError): number {
  const { program } = ctl;
  program.err(`Failed to ${says} ${unit}: ${error.message}`);
  if (!PLAIN_ERRORS.has(error.name)) {
    const name = unit.startsWith('-') ? `-- ${unit}` : unit;
    program.err(`See system logs and 'systemctl status ${name}' for details.`);
  }
  return exitOf(error);
}

/** Queues jobs and waits for them. @returns the exit code: of the first unit that failed */
export function runJobs(ctl: Ctl, request: Request, says: string): number {
  const { program, settings } = ctl;
  const triggered: string[] = [];
  let code = 0;
  let jobFailed = false;
  let ended = 0;
  for (const reply of replies(ctl, request)) {
    if (reply.is === 'error') {
      program.err(`Failed to ${says} units: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is === 'failed') {
      const ignored = reply.error.name === 'UnitMasked' && says.includes('try-');
      if (!ignored) {
        const failed = complain(ctl, says, reply.unit, reply.error);
        code ||= failed;
      }
    } else if (reply.is === 'needs-reload') program.err(unitFileChanged(reply.unit));
    else if (reply.is === 'job') {
      const complaint = jobComplaint(reply.unit, reply.result, reply.unitResult);
      if (complaint === null) continue;
      jobFailed = true;
      if (!settings.quiet) program.err(complaint);
    } else if (reply.is === 'triggered-by' && !settings.quiet && !settings.noWarn)
      triggered.push(`Stopping '${reply.unit}', but its triggering units are still active:\n${reply.units.join(', ')}`);
    else if (reply.is === 'ended' && reply.active === 'failed') ended = EXIT.failure;
  }
  for (const notice of triggered) program.err(notice);
  // What went wrong with a job outweighs what could not be queued, as bus_wait_for_jobs() does.
  return jobFailed ? EXIT.failure : code || ended;
}

/** @throws UsageError */
export const jobVerb: Verb = (ctl, names, verb) => {
  const { program, settings } = ctl;
  const { job, says } = VERBS[verb] ?? { job: 'start', says: verb };
  if (settings.wait && verb !== 'start' && verb !== 'restart')
    throw new UsageError("--wait may only be used with the 'start' or 'restart' commands.");
  if (job === 'start' && !settings.all && !settings.quiet && names.some(isGlob)) {
    const { boldRed, normal } = program.colours;
    program.err(`Warning: ${boldRed}systemctl start called with a glob pattern.${normal}`);
    program.err(GLOB_HINT);
  }
  if (settings.dryRun) return 0;
  const request: JobRequest = {
    verb: 'job',
    job,
    names,
    mode: settings.jobMode,
    block: !settings.noBlock,
    ...(settings.wait ? { wait: true } : {}),
    ...(settings.all ? { all: true } : {}),
  };
  return runJobs(ctl, request, says);
};

/** `isolate X`; `default`, `rescue` and `emergency` isolate their target. */
export const isolate: Verb = (ctl, names, verb) => {
  const targets =
    verb === 'isolate' ? names.map((name) => (name.includes('.') ? name : `${name}.target`)) : [`${verb}.target`];
  return runJobs(ctl, { verb: 'isolate', names: targets, block: !ctl.settings.noBlock }, 'start');
};
