/** `systemctl show` without a unit: the manager as systemd describes itself, as far as it is true of lohar. */
import { SYSTEMD_VERSION } from '../ctl/systemd-version.ts';
import { UNIT_PATH } from '../unit/load/search-path.ts';
import type { Property } from '../unit/show/property.ts';
import { quoteForShow } from '../unit/text/c-escape.ts';
import type { AnswersPort } from './answers-port.ts';

export function managerProperties(port: AnswersPort): Property[] {
  const { manager, facts, environment, phase } = port;
  const units = [...manager.registry.all()];
  const text = (name: string, value: string | number): Property => ({ name, value: String(value) });
  return [
    text('Version', SYSTEMD_VERSION),
    text('Features', ''),
    text('Virtualization', facts.virtualization()),
    text('ConfidentialVirtualization', ''),
    text('Architecture', facts.architecture),
    text('Tainted', ''),
    { name: 'UserspaceTimestamp', value: { atMs: port.startedMs } },
    text('LogLevel', ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'][port.log.level] ?? 'info'),
    text('LogTarget', 'journal-or-kmsg'),
    text('NNames', manager.registry.nameCount),
    text('NFailedUnits', units.filter((unit) => unit.active === 'failed').length),
    text('NJobs', manager.queue.jobs.size),
    text('NInstalledJobs', manager.queue.lastId),
    text('NFailedJobs', 0),
    text('Progress', 1),
    text('Environment', environment.entries.map(quoteForShow).join(' ')),
    text('ConfirmSpawn', 'no'),
    text('ShowStatus', 'no'),
    text('UnitPath', UNIT_PATH.join(' ')),
    text('DefaultStandardOutput', 'journal'),
    text('DefaultStandardError', 'inherit'),
    text('RuntimeWatchdogUSec', 0),
    text('ControlGroup', ''),
    text('SystemState', phase.state(manager)),
    text('DefaultTimerAccuracyUSec', '1min'),
    text('DefaultTimeoutStartUSec', '1min 30s'),
    text('DefaultTimeoutStopUSec', '1min 30s'),
    text('DefaultTimeoutAbortUSec', '1min 30s'),
    text('DefaultRestartUSec', '100ms'),
    text('DefaultStartLimitIntervalUSec', '10s'),
    text('DefaultStartLimitBurst', 5),
    text('DefaultCPUAccounting', 'yes'),
    text('DefaultMemoryAccounting', 'yes'),
    text('DefaultTasksAccounting', 'yes'),
    text('DefaultLimitNOFILE', 524288),
    text('DefaultLimitNOFILESoft', 1024),
    text('DefaultTasksMax', Math.floor((port.facts.sizes().tasksMax * 15) / 100)),
    text('DefaultOOMPolicy', 'stop'),
  ];
}
