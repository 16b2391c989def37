/** Properties of sockets, in systemd's order. */
import { formatPlace } from '../socket/listen-address.ts';
import type { SocketSettings } from '../socket/socket-settings.ts';
import { formatBoolean, formatMode } from '../value/scalar.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import type { Show, ShowTable } from './facts.ts';
import { constant } from './format.ts';
import type { SocketFacts } from './own-facts.ts';

type Key<T> = { [K in keyof SocketSettings]: SocketSettings[K] extends T ? K : never }[keyof SocketSettings];

const set =
  (show: (settings: SocketSettings) => string): Show =>
  ({ settings }) =>
    settings.Socket === null ? '' : show(settings.Socket);
const flag = (key: Key<boolean>): readonly [string, Show] => [key, set((socket) => formatBoolean(socket[key]))];
const number = (key: Key<number>): readonly [string, Show] => [key, set((socket) => String(socket[key]))];
const word = (key: Key<string>): readonly [string, Show] => [key, set((socket) => socket[key])];
const mode = (key: Key<number>): readonly [string, Show] => [key, set((socket) => formatMode(socket[key]))];
const span = (key: Key<number>): readonly [string, Show] => [
  key.replace(/Sec$/, 'USec'),
  set((socket) => formatTimeSpan(socket[key])),
];
const fact =
  (show: (facts: SocketFacts) => string): Show =>
  ({ own }) =>
    own?.type === 'socket' ? show(own) : '0';

/** 200 with Accept=yes, 20 without, unless it is set. */
const burst = ({ TriggerLimitBurst, Accept }: SocketSettings): number =>
  TriggerLimitBurst >= 0 ? TriggerLimitBurst : Accept ? 200 : 20;

export const SOCKET_SHOW: ShowTable = [
  word('BindIPv6Only'),
  number('Backlog'),
  span('TimeoutSec'),
  word('BindToDevice'),
  word('SocketUser'),
  word('SocketGroup'),
  mode('SocketMode'),
  mode('DirectoryMode'),
  flag('Accept'),
  flag('FlushPending'),
  flag('Writable'),
  flag('KeepAlive'),
  span('KeepAliveTimeSec'),
  span('KeepAliveIntervalSec'),
  number('KeepAliveProbes'),
  span('DeferAcceptSec'),
  flag('NoDelay'),
  number('Priority'),
  number('ReceiveBuffer'),
  number('SendBuffer'),
  number('IPTOS'),
  number('IPTTL'),
  number('PipeSize'),
  flag('FreeBind'),
  flag('Transparent'),
  flag('Broadcast'),
  flag('PassCredentials'),
  flag('PassSecurity'),
  flag('PassPacketInfo'),
  ['Timestamping', constant('off')],
  flag('RemoveOnStop'),
  [
    'Listen',
    ({ settings }) => (settings.Socket?.listen ?? []).map(({ kind, place }) => `${formatPlace(place)} (${kind})`),
  ],
  ['Symlinks', set(({ Symlinks }) => Symlinks.join(' '))],
  number('Mark'),
  number('MaxConnections'),
  number('MaxConnectionsPerSource'),
  ['MessageQueueMaxMessages', constant('0')],
  ['MessageQueueMessageSize', constant('0')],
  word('TCPCongestion'),
  flag('ReusePort'),
  ['SmackLabel', constant('')],
  ['SmackLabelIPIn', constant('')],
  ['SmackLabelIPOut', constant('')],
  ['ControlPID', constant('0')],
  ['Result', ({ ownResult }) => ownResult],
  ['NConnections', fact(({ connections }) => String(connections))],
  ['NAccepted', fact(({ accepted }) => String(accepted))],
  ['NRefused', fact(({ refused }) => String(refused))],
  ['FileDescriptorName', ({ settings, unit }) => settings.Socket?.FileDescriptorName || unit.id],
  ['SocketProtocol', constant('0')],
  span('TriggerLimitIntervalSec'),
  ['TriggerLimitBurst', set((socket) => String(burst(socket)))],
  ['PollLimitIntervalUSec', constant('2s')],
  ['PollLimitBurst', set(({ Accept }) => (Accept ? '150' : '15'))],
  ['UID', constant('[not set]')],
  ['GID', constant('[not set]')],
];
