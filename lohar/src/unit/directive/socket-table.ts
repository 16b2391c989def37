/** The directives of [Socket]. Facts: systemd.socket(5). */
import { nameKind, typeOfName } from '../name.ts';
import { KIND_OF, type Listen, parseNetlink, parsePlace, type SocketKind } from '../socket/listen-address.ts';
import type { SocketSettings } from '../socket/socket-settings.ts';
import { parseInteger, parseSize } from '../value/size.ts';
import { USEC_PER_SEC } from '../value/time-span.ts';
import { boolean, checkedPath, mode, oneOf, resolved, seconds, text, timeout, unsigned } from './basic-readers.ts';
import type { Reader, Reading } from './directive.ts';
import { ignoredRow, type OwnRow, ownRow } from './own-section.ts';
import { absolutePaths } from './unit-readers.ts';

/** Sockets of one unit. */
const LISTEN_MAX = 1024;
const DEFAULT_TIMEOUT = 90 * USEC_PER_SEC;

const INITIAL: SocketSettings = {
  ...{ listen: [], ignored: [], Service: '', Accept: false, BindIPv6Only: 'default', Backlog: 2 ** 32 - 1 },
  ...{ BindToDevice: '', SocketUser: '', SocketGroup: '', SocketMode: 0o666, DirectoryMode: 0o755 },
  ...{ FlushPending: false, MaxConnections: 64, MaxConnectionsPerSource: 0, Writable: false },
  ...{ KeepAlive: false, KeepAliveTimeSec: 0, KeepAliveIntervalSec: 0, KeepAliveProbes: 0 },
  ...{ DeferAcceptSec: 0, NoDelay: false, Priority: -1, ReceiveBuffer: 0, SendBuffer: 0, IPTOS: -1, IPTTL: -1 },
  ...{ Mark: -1, PipeSize: 0, FreeBind: false, Transparent: false, Broadcast: false, PassCredentials: false },
  ...{ PassSecurity: false, PassPacketInfo: false, TCPCongestion: '', ReusePort: false, RemoveOnStop: false },
  ...{ Symlinks: [], FileDescriptorName: '', TimeoutSec: DEFAULT_TIMEOUT },
  ...{ TriggerLimitIntervalSec: 2 * USEC_PER_SEC, TriggerLimitBurst: -1 },
};

/** An empty value removes all of them, of whatever kind. */
const listen: Reader<readonly Listen[]> = (value, at, before) => {
  if (value === '') return [];
  const found = resolved(value, at);
  const kind = KIND_OF[at.key];
  if (found === null || kind === undefined) return undefined;
  const place = placeOf(kind, found, at);
  if (place !== null && place !== 'range') return [...before, { kind, place }].slice(0, LISTEN_MAX);
  const why = place === 'range' ? 'Numerical result out of range' : 'Invalid argument';
  if (kind !== 'FIFO' && kind !== 'Special') at.warn(`Failed to parse address value in '${found}', ignoring: ${why}`);
  return undefined;
};

function placeOf(kind: SocketKind, found: string, at: Reading): ReturnType<typeof parsePlace> {
  if (kind === 'Netlink') return parseNetlink(found);
  return kind === 'FIFO' || kind === 'Special' ? filePlace(found, at) : parsePlace(found);
}

function filePlace(found: string, at: Reading): Listen['place'] | null {
  const path = checkedPath(found, 'absolute', at);
  return path === null ? null : { family: 'unix', path };
}

const service: Reader<string> = (value, at) => {
  const name = resolved(value, at);
  if (name === null) return undefined;
  if (typeOfName(name) === 'service' && nameKind(name) !== 'template') return name;
  at.warn(`Unit must be of type service, ignoring: ${value}`);
  return undefined;
};

const size: Reader<number> = (value, at) => {
  const bytes = parseSize(value);
  if (bytes !== null) return bytes;
  at.warn(`Failed to parse size value '${value}', ignoring: Invalid argument`);
  return undefined;
};

const whole: Reader<number> = (value, at) => {
  const number = parseInteger(value);
  if (number !== null) return number;
  at.warn(`Failed to parse ${at.key}= value, ignoring: ${value}`);
  return undefined;
};

const TOS: Readonly<Record<string, number>> = { 'low-delay': 16, throughput: 8, reliability: 4, 'low-cost': 2 };
const tos: Reader<number> = (value, at, before) => TOS[value] ?? whole(value, at, before);

const descriptorName: Reader<string> = (value, at) => {
  if (value === '') return '';
  const name = resolved(value, at);
  if (name === null) return undefined;
  const isBad = [...name].some((character) => character < ' ' || character === ':' || character === '\x7f');
  if (name.length <= 255 && !isBad) return name;
  at.warn(`Invalid file descriptor name, ignoring: ${name}`);
  return undefined;
};

const READERS: Readonly<Record<string, Reader<never>>> = {
  ...rows(boolean, 'Accept FlushPending KeepAlive NoDelay FreeBind Transparent Broadcast PassCredentials PassSecurity'),
  ...rows(boolean, 'PassPacketInfo ReusePort RemoveOnStop Writable'),
  ...rows(seconds, 'KeepAliveTimeSec KeepAliveIntervalSec DeferAcceptSec TriggerLimitIntervalSec'),
  ...rows(unsigned, 'Backlog MaxConnections MaxConnectionsPerSource KeepAliveProbes TriggerLimitBurst'),
  ...rows(text, 'BindToDevice SocketUser SocketGroup TCPCongestion'),
  ...rows(mode, 'SocketMode DirectoryMode'),
  ...rows(size, 'ReceiveBuffer SendBuffer PipeSize'),
  ...rows(whole, 'Priority IPTTL Mark'),
  ...rows(tos, 'IPTOS'),
  ...rows(service, 'Service'),
  ...rows(absolutePaths, 'Symlinks'),
  ...rows(descriptorName, 'FileDescriptorName'),
  ...rows(timeout, 'TimeoutSec'),
  ...rows(oneOf(['default', 'both', 'ipv6-only'], 'Failed to parse bind IPv6 only value'), 'BindIPv6Only'),
};

/** Understood, and nothing more. */
const IGNORED: ReadonlySet<string> = new Set(
  `ListenMessageQueue ListenUSBFunction SocketProtocol Timestamping MessageQueueMaxMessages
  MessageQueueMessageSize PollLimitIntervalSec PollLimitBurst SmackLabel SmackLabelIPIn SmackLabelIPOut
  SELinuxContextFromNet`.split(/\s+/),
);

function rows<T>(read: Reader<T>, keys: string): Record<string, Reader<never>> {
  return Object.fromEntries(keys.split(' ').map((key) => [key, read as unknown as Reader<never>]));
}

/** @returns null for a key that [Socket] does not have for itself */
export function socketDirective(key: string): OwnRow<SocketSettings> | null {
  if (Object.hasOwn(KIND_OF, key)) return ownRow(INITIAL, 'listen', listen, 'socket');
  if (IGNORED.has(key)) return ignoredRow(INITIAL);
  const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  return read === undefined ? null : ownRow(INITIAL, key as 'Accept', read as unknown as Reader<boolean>, 'socket');
}
