/** list-jobs and cancel. */
import { cell, formatTable } from '../../text/table.ts';
import { jsonTable } from '../json-table.ts';
import { EXIT, exitOf, replies, type Verb } from '../manager.ts';
import { hasLegend } from '../settings.ts';

export const listJobs: Verb = (ctl, patterns) => {
  const { program, settings } = ctl;
  const { colours } = program;
  for (const reply of replies(ctl, { verb: 'list-jobs', patterns })) {
    if (reply.is === 'error') {
      program.err(`Failed to list jobs: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is !== 'jobs') continue;
    const { jobs } = reply;
    if (settings.output.startsWith('json')) {
      const rows = jobs.map((job) => [job.id, job.unit, job.type, job.state]);
      program.out(jsonTable(['job', 'unit', 'type', 'state'], rows, settings.output));
    } else if (jobs.length === 0) {
      const what = patterns.length > 0 ? 'listed' : 'running';
      if (hasLegend(settings)) program.out(`${colours.boldGreen}No jobs ${what}.${colours.normal}\n`);
    } else {
      const rows = jobs.map((job) => {
        const colour = job.state === 'running' ? colours.bold : '';
        return [cell(String(job.id)), { text: job.unit, colour }, cell(job.type), { text: job.state, colour }];
      });
      const header = ['JOB', 'UNIT', 'TYPE', 'STATE'].map(cell);
      program.out(formatTable(header, rows, { header: hasLegend(settings), colours }));
      if (hasLegend(settings)) program.out(`\n${colours.bold}${jobs.length} jobs listed${colours.normal}.\n`);
    }
  }
  return 0;
};

export const cancel: Verb = (ctl, words) => {
  const { program } = ctl;
  const jobs: number[] = [];
  for (const word of words) {
    if (!/^\d{1,9}$/.test(word)) {
      program.err(`Failed to parse job id "${word}": Invalid argument`);
      return EXIT.failure;
    }
    jobs.push(Number(word));
  }
  let code = 0;
  for (const reply of replies(ctl, { verb: 'cancel', jobs })) {
    if (reply.is !== 'error' && reply.is !== 'failed') continue;
    program.err(
      reply.is === 'failed'
        ? `Failed to cancel job ${reply.name}, ignoring: ${reply.error.message}`
        : `Failed to cancel all jobs: ${reply.error.message}`,
    );
    code ||= EXIT.failure;
  }
  return code;
};
