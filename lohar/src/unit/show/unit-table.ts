/** Properties that every unit has, and how it is killed, in systemd's order. */
import { describe } from '../condition/evaluate.ts';
import { isEnforced, type SettingName } from '../directive/tables.ts';
import type { Stamps } from '../graph/unit.ts';
import { DEPENDENCY_KINDS, type DependencyKind } from '../model.ts';
import { mountsFor } from '../mount/mount-edges.ts';
import { quoteForShow } from '../text/c-escape.ts';
import { formatBoolean } from '../value/scalar.ts';
import { moment, type Show, type ShowFacts, type ShowTable } from './facts.ts';
import { constant, flag, list, number, of, span, word } from './format.ts';

export const KILL_SHOW: ShowTable = [
  ['KillMode', word('KillMode')],
  ['KillSignal', number('KillSignal')],
  ['RestartKillSignal', ({ settings }) => String(settings.RestartKillSignal || settings.KillSignal)],
  ['FinalKillSignal', number('FinalKillSignal')],
  ['SendSIGKILL', flag('SendSIGKILL')],
  ['SendSIGHUP', flag('SendSIGHUP')],
  ['WatchdogSignal', number('WatchdogSignal')],
];

export const SCOPE_SHOW: ShowTable = [
  ['TimeoutStopUSec', span('TimeoutStopSec')],
  ['Result', ({ ownResult }) => ownResult],
  ['RuntimeMaxUSec', span('RuntimeMaxSec')],
  ['OOMPolicy', ({ settings }) => settings.OOMPolicy || 'stop'],
];

/** Relations that are kept for lohar alone. */
const HIDDEN: ReadonlySet<string> = new Set(['References', 'ReferencedBy', 'InSlice']);

const relations: [string, Show][] = DEPENDENCY_KINDS.filter((kind) => !HIDDEN.has(kind)).map((kind) => [
  kind,
  kind === 'RequiresMountsFor'
    ? ({ unit }) => (unit.config.load === 'loaded' ? mountsFor(unit.config).map(quoteForShow).join(' ') : '')
    : ({ unit }) => [...unit.related([kind as DependencyKind])].map((other) => quoteForShow(other.id)).join(' '),
]);

const stamps = (name: string, key: keyof Stamps): [string, Show][] => [
  [`${name}Timestamp`, ({ unit }) => moment(unit.stamps[key])],
  [`${name}TimestampMonotonic`, ({ unit }) => String(unit.stamps[key].monotonicUsec)],
];

export const UNIT_SHOW: ShowTable = [
  ['Id', ({ unit }) => unit.id],
  ['Names', ({ unit }) => unit.config.names.map(quoteForShow).join(' ')],
  ['Following', constant('')],
  ...relations,
  ['Documentation', list('Documentation')],
  ['Description', ({ unit }) => unit.description],
  ['AccessSELinuxContext', constant('')],
  ['LoadState', ({ unit }) => unit.config.load],
  ['ActiveState', ({ unit }) => unit.active],
  ['FreezerState', ({ unit }) => (unit.frozen ? 'frozen' : 'running')],
  ['SubState', ({ unit }) => unit.sub],
  ['FragmentPath', ({ unit }) => unit.config.fragment],
  ['SourcePath', word('SourcePath')],
  ['DropInPaths', ({ unit }) => unit.config.dropIns.map(quoteForShow).join(' ')],
  ['UnitFileState', ({ fileState }) => fileState],
  ['UnitFilePreset', ({ preset }) => preset],
  ...stamps('StateChange', 'stateChange'),
  ...stamps('InactiveExit', 'inactiveExit'),
  ...stamps('ActiveEnter', 'activeEnter'),
  ...stamps('ActiveExit', 'activeExit'),
  ...stamps('InactiveEnter', 'inactiveEnter'),
  ['CanStart', ({ unit, settings }) => formatBoolean(canStart(unit.config.load) && !settings.RefuseManualStart)],
  [
    'CanStop',
    ({ unit, settings }) => formatBoolean(canStart(unit.config.load) && !settings.RefuseManualStop && !unit.perpetual),
  ],
  ['CanReload', ({ unit }) => formatBoolean(unit.canReload)],
  ['CanIsolate', ({ unit, settings }) => formatBoolean(canStart(unit.config.load) && settings.AllowIsolate)],
  ['CanClean', canClean],
  ['CanFreeze', ({ unit }) => formatBoolean(/^(service|scope|slice)$/.test(unit.config.type))],
  ['Job', ({ unit }) => (unit.job === null ? '' : String(unit.job.id))],
  ['StopWhenUnneeded', flag('StopWhenUnneeded')],
  ['RefuseManualStart', flag('RefuseManualStart')],
  ['RefuseManualStop', flag('RefuseManualStop')],
  ['AllowIsolate', flag('AllowIsolate')],
  ['DefaultDependencies', flag('DefaultDependencies')],
  ['SurviveFinalKillSignal', flag('SurviveFinalKillSignal')],
  ['OnSuccessJobMode', word('OnSuccessJobMode')],
  ['OnFailureJobMode', word('OnFailureJobMode')],
  ['IgnoreOnIsolate', flag('IgnoreOnIsolate')],
  ['NeedDaemonReload', ({ needsReload }) => formatBoolean(needsReload)],
  ['Markers', constant('')],
  ['JobTimeoutUSec', span('JobTimeoutSec')],
  ['JobRunningTimeoutUSec', span('JobRunningTimeoutSec')],
  ['JobTimeoutAction', word('JobTimeoutAction')],
  ['JobTimeoutRebootArgument', word('JobTimeoutRebootArgument')],
  ['ConditionResult', ({ unit }) => formatBoolean(unit.conditionResult)],
  ['AssertResult', ({ unit }) => formatBoolean(unit.assertResult)],
  ...stamps('Condition', 'condition'),
  ...stamps('Assert', 'assert'),
  ['Conditions', of('Conditions', ({ settings }) => settings.Conditions.map(describe))],
  ['Asserts', of('Asserts', ({ settings }) => settings.Asserts.map(describe))],
  [
    'LoadError',
    ({ unit }) =>
      unit.config.error === null
        ? ''
        : `org.freedesktop.systemd1.${unit.config.error.name} "${unit.config.error.message}"`,
  ],
  ['Transient', ({ unit }) => formatBoolean(unit.transient)],
  ['Perpetual', ({ unit }) => formatBoolean(unit.perpetual)],
  ['StartLimitIntervalUSec', span('StartLimitIntervalSec')],
  ['StartLimitBurst', number('StartLimitBurst')],
  ['StartLimitAction', word('StartLimitAction')],
  ['FailureAction', word('FailureAction')],
  [
    'FailureActionExitStatus',
    ({ settings }) => (settings.FailureActionExitStatus < 0 ? '' : String(settings.FailureActionExitStatus)),
  ],
  ['SuccessAction', word('SuccessAction')],
  [
    'SuccessActionExitStatus',
    ({ settings }) => (settings.SuccessActionExitStatus < 0 ? '' : String(settings.SuccessActionExitStatus)),
  ],
  ['RebootArgument', word('RebootArgument')],
  ['InvocationID', ({ unit }) => unit.invocationId],
  ['CollectMode', word('CollectMode')],
  ['Refs', constant('')],
  ['ActivationDetails', constant('')],
  ['BhattiIgnored', ignored],
];

const canStart = (load: string): boolean => load === 'loaded';

function canClean({ settings }: ShowFacts): string {
  const kinds: [string, number][] = [
    ['runtime', settings.RuntimeDirectory.length],
    ['state', settings.StateDirectory.length],
    ['cache', settings.CacheDirectory.length],
    ['logs', settings.LogsDirectory.length],
    ['configuration', settings.ConfigurationDirectory.length],
  ];
  return kinds
    .filter(([, count]) => count > 0)
    .map(([kind]) => kind)
    .join(' ');
}

/** What the unit's files ask for and nothing makes true. */
function ignored({ settings }: ShowFacts): string {
  return (Object.keys(settings) as SettingName[]).filter((name) => !isEnforced(name)).join(' ');
}
