/** What a well-formed hello, request and message look like; each shape yields exactly the type in messages.ts. */
import { CODES, type ErrorBody, type ErrorCode } from './errors.ts';
import { STREAMS_MAX, WINDOW_TO_HOST_MAX } from './limits.ts';
import type {
  CloseBody,
  Exit,
  FileStat,
  GuestHello,
  GuestMessage,
  GuestPoint,
  HostHello,
  HostMessage,
  HostPoint,
  Request,
  SessionInfo,
  Step,
} from './messages.ts';
import { finite, flag, integer, list, object, oneOf, record, type Shape, tagged, text } from './shape.ts';

const ARGV_MAX = 4096;
const ENV_MAX = 4096;
/** Entries of one listing; a folder with more is cut off and says so. */
export const ENTRIES_MAX = 1000;
export const SESSIONS_MAX = 64;
const STEPS_MAX = 64;
const SPAWNS_MAX = 1000;
const SIZE_MAX = Number.MAX_SAFE_INTEGER;
const U16_MAX = 65535;
const U32_MAX = 4294967295;

const name = text(256);
const path = text(4096);
const word = text(256 * 1024);
const env = record(word, ENV_MAX, /^[^=\0]+$/);
const mode = integer(0, 0o7777);
const side = integer(1, U16_MAX);
const hex32 = text(32);
const base64 = text(64);
const epoch = text(64);
const none = object({});

const steps: Shape<readonly Step[]> = list(object({ name, ok: flag, ms: finite }, { error: word }), STEPS_MAX);
const version = integer(0, U32_MAX);

const streamId = integer(1, U32_MAX);
const size = integer(0, SIZE_MAX);
const hostPoint: Shape<HostPoint> = object({
  id: streamId,
  messages: size,
  received: list(size, 2),
  windows: list(integer(0, WINDOW_TO_HOST_MAX), 2),
});
const guestPoint: Shape<GuestPoint> = object({ id: streamId, messages: size, received: size, ended: flag });

export const hostHello: Shape<HostHello> = object(
  { version, epoch, entropy: base64, timeMs: finite },
  { again: name, streams: list(hostPoint, STREAMS_MAX) },
);
export const guestHello: Shape<GuestHello> = object(
  {
    version,
    epoch,
    lohar: name,
    arch: name,
    clockSource: name,
    uptimeMs: finite,
    booted: flag,
    report: steps,
  },
  { trouble: text(1024), streams: list(guestPoint, STREAMS_MAX), windowMax: integer(0, U32_MAX) },
);

const exit: Shape<Exit> = (value, at) => {
  const timedOut = { timedOut: flag };
  const hasSignal = typeof value === 'object' && value !== null && 'signal' in value;
  return hasSignal
    ? object({ signal: name }, timedOut)(value, at)
    : object({ code: integer(0, 255) }, timedOut)(value, at);
};
const stat: Shape<FileStat> = object(
  {
    path,
    type: oneOf('file', 'directory', 'symlink', 'other'),
    size: integer(0, SIZE_MAX),
    mode,
    uid: integer(0, U32_MAX),
    gid: integer(0, U32_MAX),
    mtimeMs: finite,
  },
  { target: path },
);
const session: Shape<SessionInfo> = object(
  {
    id: name,
    argv: list(word, ARGV_MAX),
    pid: integer(1, U32_MAX),
    user: name,
    tty: flag,
    attached: flag,
    startedMs: finite,
  },
  { exit },
);

export const request: Shape<Request> = tagged('op', {
  prepare: object(
    { hostname: name, machineId: hex32, mac: text(17), env, growRoot: flag },
    { dns: text(64), timeMs: finite, newNetwork: flag, rehearsal: flag, taken: object({ entropy: base64 }) },
  ),
  wake: object({ timeMs: finite, sleptMs: finite }, { entropy: base64, newNetwork: flag }),
  exec: object(
    { argv: list(word, ARGV_MAX), env, stdin: flag },
    {
      cwd: path,
      user: name,
      timeoutMs: integer(1, SIZE_MAX),
      tty: object({ rows: side, cols: side, term: name }),
      session: name,
      keep: hex32,
    },
  ),
  resume: object({ exec: hex32, received: list(size, 2) }),
  attach: object({ session: name, rows: side, cols: side }, { keep: hex32 }),
  'session.list': none,
  'session.kill': object({ session: name, signal: name }),
  'file.read': object({ path, offset: integer(0, SIZE_MAX) }, { limit: integer(0, SIZE_MAX) }),
  'file.write': object({ path }, { mode, user: name }),
  'file.list': object({ path }),
  'file.stat': object({ path }),
  'file.mkdir': object({ path, parents: flag }, { mode }),
  'file.remove': object({ path, recursive: flag }),
  'tar.read': object({ path }),
  'tar.write': object({ path }, { user: name }),
  connect: object({ port: integer(1, U16_MAX) }, { keep: hex32 }),
  activity: none,
  stats: none,
  'time-spawn': object({ count: integer(1, SPAWNS_MAX) }),
  power: object({ action: oneOf('poweroff', 'reboot') }),
  events: none,
});

export const hostMessage: Shape<HostMessage> = tagged('is', {
  signal: object({ signal: name }),
  resize: object({ rows: side, cols: side }),
  detach: none,
});

export const guestMessage: Shape<GuestMessage> = tagged('is', {
  prepared: object({ report: steps }),
  woken: object({ report: steps }),
  started: object({ pid: integer(1, U32_MAX) }, { session: name, given: size }),
  exit: object({ exit }),
  sessions: object({ sessions: list(session, SESSIONS_MAX) }),
  stat: object({ stat }),
  entries: object({ entries: list(stat, ENTRIES_MAX), truncated: flag }),
  connected: none,
  activity: object({
    activity: object(
      {
        processorMs: finite,
        uptimeMs: finite,
        blocked: integer(0, U32_MAX),
        jobs: integer(0, SESSIONS_MAX),
      },
      { timerMs: finite },
    ),
  }),
  stats: object({
    stats: object({
      loharResidentKib: finite,
      uptimeMs: finite,
      load1: finite,
      memoryTotalKib: finite,
      memoryAvailableKib: finite,
      sessions: integer(0, U32_MAX),
    }),
  }),
  times: object({ us: list(finite, SPAWNS_MAX) }),
  booted: none,
  goodbye: object({ action: oneOf('poweroff', 'reboot') }),
});

/** An error of the peer; a code this side does not know becomes `internal`. */
const errorBody: Shape<ErrorBody> = (value, at) => {
  const { code, message, remedy } = object({ code: name, message: word, remedy: word })(value, at);
  return { code: Object.hasOwn(CODES, code) ? (code as ErrorCode) : 'internal', message, remedy };
};
export const closeBody: Shape<CloseBody> = object({}, { error: errorBody, again: object({ epoch, image: name }) });
