/** What systemctl says when a job did not go well. Pure. */
import type { JobResult, UnitResult } from '../../unit/model.ts';
import { shellName } from './manager.ts';

const REASONS: Partial<Record<UnitResult, string>> = {
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  'core-dump': 'a fatal signal was delivered causing the control process to dump core',
  watchdog: 'the service failed to send watchdog ping',
};

function failedService(unit: string, result: UnitResult): string {
  const reason = REASONS[result];
  const name = shellName(unit);
  const what = reason === undefined ? `Job for ${unit} failed.` : `Job for ${unit} failed because ${reason}.`;
  return `${what}\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.`;
}

/** @returns null when the job went well */
export function jobComplaint(unit: string, result: JobResult, unitResult: UnitResult): string | null {
  switch (result) {
    case 'done':
    case 'skipped':
      return null;
    case 'canceled':
      return `Job for ${unit} canceled.`;
    case 'timeout':
      return `Job for ${unit} timed out.`;
    case 'dependency':
      return `A dependency job for ${unit} failed. See 'journalctl -xe' for details.`;
    case 'invalid':
      return `${unit} is not active, cannot reload.`;
    case 'assert':
      return `Assertion failed on job for ${unit}.`;
    case 'unsupported':
      return `Operation on or unit type of ${unit} not supported on this system.`;
    case 'collected':
      return `Queued job for ${unit} was garbage collected.`;
    case 'once':
      return `Unit ${unit} was started already once and can't be started again.`;
    case 'failed':
      return unit.endsWith('.service')
        ? failedService(unit, unitResult)
        : 'Job failed. See "journalctl -xe" for details.';
  }
}
