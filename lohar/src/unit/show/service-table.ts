/** Properties of services, in systemd's order (end of the recording b12). */
import type { Command } from '../exec/command.ts';
import { restartDelay } from '../service/ending.ts';
import { type CommandKind, type CommandStatus, NO_EXEC } from '../service/state.ts';
import { formatStatusSet } from '../value/exit-status.ts';
import { signalName } from '../value/signal.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import { moment, type Show, type ShowFacts, type ShowTable } from './facts.ts';
import { constant, flag, number, of, span, word } from './format.ts';
import type { Line } from './property.ts';

const CODES = { exited: 1, killed: 2, dumped: 3 } as const;

export const SERVICE_SHOW: ShowTable = [
  ['Type', word('Type')],
  ['ExitType', word('ExitType')],
  ['Restart', word('Restart')],
  ['RestartMode', word('RestartMode')],
  ['PIDFile', word('PIDFile')],
  ['NotifyAccess', ({ settings, state }) => state.notifyAccess ?? settings.NotifyAccess],
  ['RestartUSec', span('RestartSec')],
  ['RestartSteps', number('RestartSteps')],
  ['RestartMaxDelayUSec', span('RestartMaxDelaySec')],
  ['RestartUSecNext', ({ settings, state }) => formatTimeSpan(restartDelay(settings, state.restarts))],
  ['TimeoutStartUSec', span('TimeoutStartSec')],
  ['TimeoutStopUSec', span('TimeoutStopSec')],
  ['TimeoutAbortUSec', ({ settings }) => formatTimeSpan(settings.TimeoutAbortSec ?? settings.TimeoutStopSec)],
  ['TimeoutStartFailureMode', word('TimeoutStartFailureMode')],
  ['TimeoutStopFailureMode', word('TimeoutStopFailureMode')],
  ['RuntimeMaxUSec', span('RuntimeMaxSec')],
  ['RuntimeRandomizedExtraUSec', span('RuntimeRandomizedExtraSec')],
  ['WatchdogUSec', ({ state }) => formatTimeSpan(state.watchdogUsec)],
  ['WatchdogTimestamp', ({ state }) => moment(state.watchdogAt)],
  ['WatchdogTimestampMonotonic', ({ state }) => String(state.watchdogAt.monotonicUsec)],
  ['RootDirectoryStartOnly', flag('RootDirectoryStartOnly')],
  ['RemainAfterExit', flag('RemainAfterExit')],
  ['GuessMainPID', flag('GuessMainPID')],
  [
    'RestartPreventExitStatus',
    of('RestartPreventExitStatus', ({ settings }) => formatStatusSet(settings.RestartPreventExitStatus)),
  ],
  [
    'RestartForceExitStatus',
    of('RestartForceExitStatus', ({ settings }) => formatStatusSet(settings.RestartForceExitStatus)),
  ],
  ['SuccessExitStatus', of('SuccessExitStatus', ({ settings }) => formatStatusSet(settings.SuccessExitStatus))],
  ['MainPID', ({ state }) => String(state.mainPid)],
  ['ControlPID', ({ state }) => String(state.controlPid)],
  ['BusName', word('BusName')],
  ['FileDescriptorStoreMax', number('FileDescriptorStoreMax')],
  ['NFileDescriptorStore', constant('0')],
  ['FileDescriptorStorePreserve', word('FileDescriptorStorePreserve')],
  ['StatusText', ({ state }) => state.statusText],
  ['StatusErrno', ({ state }) => String(state.statusErrno)],
  ['Result', ({ state }) => state.result],
  ['ReloadResult', ({ state }) => state.reloadResult],
  ['CleanResult', constant('success')],
  ['USBFunctionDescriptors', word('USBFunctionDescriptors')],
  ['USBFunctionStrings', word('USBFunctionStrings')],
  ['UID', ({ ids }) => String(ids.uid ?? '[not set]')],
  ['GID', ({ ids }) => String(ids.gid ?? '[not set]')],
  ['NRestarts', ({ state }) => String(state.restarts)],
  ['OOMPolicy', of('OOMPolicy', ({ settings }) => settings.OOMPolicy || 'stop')],
  ['OpenFile', of('OpenFile', ({ settings }) => settings.OpenFile.join(' '))],
  ['ReloadSignal', number('ReloadSignal')],
  ['ExecMainStartTimestamp', ({ state }) => moment(state.main.start)],
  ['ExecMainStartTimestampMonotonic', ({ state }) => String(state.main.start.monotonicUsec)],
  ['ExecMainExitTimestamp', ({ state }) => moment(state.main.exit)],
  ['ExecMainExitTimestampMonotonic', ({ state }) => String(state.main.exit.monotonicUsec)],
  ['ExecMainPID', ({ state }) => String(state.main.pid)],
  ['ExecMainCode', ({ state }) => String(state.main.code === null ? 0 : CODES[state.main.code])],
  ['ExecMainStatus', ({ state }) => String(state.main.status)],
  ...(
    ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecReload', 'ExecStop', 'ExecStopPost'] as const
  ).flatMap((kind): [string, Show][] => [
    [kind, (facts) => commandLines(kind, facts, false)],
    [`${kind}Ex`, (facts) => commandLines(kind, facts, true)],
  ]),
];

function commandLines(kind: CommandKind, facts: ShowFacts, extended: boolean): Line[] {
  return facts.settings[kind].map((command, index) => {
    const ran = facts.state.commands.find((one) => one.kind === kind && one.index === index);
    return commandLine(command, ran ?? { ...NO_EXEC, kind, index }, extended);
  });
}

function commandLine(command: Command, ran: CommandStatus, extended: boolean): Line {
  const about = extended ? `flags=${flagsOf(command)}` : `ignore_errors=${command.ignoreFailure ? 'yes' : 'no'}`;
  const at = (usec: number): string | { atMs: number } => (usec === 0 ? 'n/a' : { atMs: usec / 1000 });
  const word = ran.code === null ? '(null)' : ran.code;
  const status =
    ran.code === 'exited' ? String(ran.status) : `${ran.status}/${ran.status === 0 ? '0' : signalName(ran.status)}`;
  return {
    parts: [
      `{ path=${command.path} ; argv[]=${command.argv.join(' ')} ; ${about} ; start_time=[`,
      at(ran.start.realtimeUsec),
      '] ; stop_time=[',
      at(ran.exit.realtimeUsec),
      `] ; pid=${ran.pid} ; code=${word} ; status=${status} }`,
    ],
  };
}

function flagsOf(command: Command): string {
  const flags = [
    command.ignoreFailure ? 'ignore-failure' : '',
    command.privileges === '+'
      ? 'privileged'
      : command.privileges === '!'
        ? 'no-setuid'
        : command.privileges === '!!'
          ? 'ambient'
          : '',
    command.noExpand ? 'no-env-expand' : '',
  ];
  return flags.filter((one) => one !== '').join(' ');
}
