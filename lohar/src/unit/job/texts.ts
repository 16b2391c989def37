/** What the journal says of jobs. The words are systemd 255's. */

import type { Unit } from '../graph/unit.ts';
import type { JobResult, JobType, Priority } from '../model.ts';

export interface JobText {
  readonly priority: Priority;
  readonly text: string;
}

type Words = Readonly<Partial<Record<JobResult, string>>>;
type ByType<T> = Readonly<Partial<Record<string, T>>>;

const BEGIN: Readonly<Partial<Record<JobType, string>>> = {
  start: 'Starting %...',
  stop: 'Stopping %...',
  restart: 'Stopping %...',
  reload: 'Reloading %...',
};
/** Some types have words of their own. */
const BEGIN_START: ByType<string> = { mount: 'Mounting %...', swap: 'Activating swap %...' };
const BEGIN_STOP: ByType<string> = { mount: 'Unmounting %...', swap: 'Deactivating swap %...' };

/** `Starting U...`; null where nothing is said. */
export function beginText(unit: Unit, type: JobType): JobText | null {
  const own = type === 'start' ? BEGIN_START : type === 'stop' || type === 'restart' ? BEGIN_STOP : {};
  const words = own[unit.config.type] ?? BEGIN[type];
  return words === undefined ? null : { priority: 6, text: words.replace('%', () => unit.title) };
}

const PRIORITY: Readonly<Record<JobResult, Priority>> = {
  done: 6,
  canceled: 6,
  timeout: 3,
  failed: 3,
  dependency: 4,
  skipped: 5,
  invalid: 6,
  assert: 4,
  unsupported: 4,
  collected: 6,
  once: 3,
};

const STARTED: Words = {
  done: 'Started %.',
  timeout: 'Timed out starting %.',
  failed: 'Failed to start %.',
  dependency: 'Dependency failed for %.',
  assert: 'Assertion failed for %.',
  unsupported: 'Starting of % unsupported.',
  collected: 'Unnecessary job was removed for %.',
  once: 'Unit % has been started before and cannot be started again.',
};
const STOPPED: Words = { done: 'Stopped %.', failed: 'Stopped % with error.', timeout: 'Timed out stopping %.' };
const RELOADED: Words = { done: 'Reloaded %.', failed: 'Reload failed for %.', timeout: 'Timed out reloading %.' };
const VERIFIED: Words = { skipped: '% is inactive.' };

const DONE_START: ByType<string> = {
  target: 'Reached target %.',
  slice: 'Created slice %.',
  socket: 'Listening on %.',
  mount: 'Mounted %.',
  swap: 'Activated swap %.',
  automount: 'Set up automount %.',
  device: 'Found device %.',
};
const DONE_STOP: ByType<string> = {
  target: 'Stopped target %.',
  slice: 'Removed slice %.',
  socket: 'Closed %.',
  mount: 'Unmounted %.',
  swap: 'Deactivated swap %.',
  automount: 'Unset automount %.',
};

/** What is said at a job's end; null where nothing is. `unmet` is the first condition that did not hold. */
export function endText(unit: Unit, type: JobType, result: JobResult): JobText | null {
  const priority = PRIORITY[result];
  if (type === 'start' && result === 'done' && !unit.conditionResult) return { priority, text: skippedText(unit) };
  const words = wordsOf(unit, type, result);
  const own = kindWords(unit, type, result) ?? words;
  return own === null ? null : { priority, text: own.replace('%', () => unit.title) };
}

const BAD_START: ByType<Words> = {
  // A socket does not start, it listens.
  socket: { failed: 'Failed to listen on %.' },
  mount: { failed: 'Failed to mount %.', timeout: 'Timed out mounting %.' },
  swap: { failed: 'Failed to activate swap %.', timeout: 'Timed out activating swap %.' },
  automount: { failed: 'Failed to set up automount %.' },
};
const BAD_STOP: ByType<Words> = {
  mount: { failed: 'Failed unmounting %.', timeout: 'Timed out unmounting %.' },
  swap: { failed: 'Failed deactivating swap %.', timeout: 'Timed out deactivating swap %.' },
};

function kindWords(unit: Unit, type: JobType, result: JobResult): string | null {
  const words = type === 'start' ? BAD_START : type === 'stop' || type === 'restart' ? BAD_STOP : {};
  return words[unit.config.type]?.[result] ?? null;
}

function skippedText(unit: Unit): string {
  const [unmet] = unit.unmet.filter((one) => one.startsWith('Condition'));
  if (unmet === undefined) return `Condition check resulted in ${unit.title} being skipped.`;
  if (unmet.includes('=|')) return `${unit.title} was skipped because no trigger condition checks were met.`;
  return `${unit.title} was skipped because of an unmet condition check (${unmet}).`;
}

function wordsOf(unit: Unit, type: JobType, result: JobResult): string | null {
  const kind = unit.config.type;
  switch (type) {
    case 'start':
      if (result !== 'done') return STARTED[result] ?? null;
      if (kind === 'service' && unit.config.settings.Type === 'oneshot') return 'Finished %.';
      return DONE_START[kind] ?? 'Started %.';
    case 'stop':
    case 'restart':
      return (result === 'done' ? DONE_STOP[kind] : undefined) ?? STOPPED[result] ?? null;
    case 'reload':
      return RELOADED[result] ?? null;
    case 'verify-active':
      return VERIFIED[result] ?? null;
    default:
      return null;
  }
}
