/** The lines of `systemctl status` about one unit, without its processes and its log. Pure. */
import type { EndedCommand, UnitStatus } from '../../control/protocol.ts';
import type { ActiveState, UnitFileState } from '../../unit/model.ts';
import { exitStatusNameShort } from '../../unit/value/exit-status.ts';
import { signalName } from '../../unit/value/signal.ts';
import { formatTimeSpan, USEC_PER_MSEC } from '../../unit/value/time-span.ts';
import { formatBytes } from '../text/byte-size.ts';
import type { Palette } from '../text/colour.ts';
import { type Glyphs, stateGlyph } from '../text/glyphs.ts';
import { formatRelative } from '../text/timestamp.ts';
import type { Zone } from '../text/zone.ts';
import { errnoText } from './errno-text.ts';
import type { TimestampStyle } from './settings.ts';
import { styledTimestamp } from './timestamps.ts';

export interface BlockStyle {
  readonly glyphs: Glyphs;
  readonly colours: Palette;
  readonly zone: Zone;
  readonly nowUsec: number;
  readonly timestamp: TimestampStyle;
  /** Name of a living process, '' when it is gone. */
  readonly nameOf: (pid: number) => string;
}

const MARGIN = ' '.repeat(13);

function stateColour(active: ActiveState, colours: Palette): string {
  if (active === 'failed') return colours.boldRed;
  return active === 'active' || active === 'reloading' ? colours.boldGreen : '';
}

function enabledColour(state: string, colours: Palette): string {
  if (state === 'disabled') return colours.boldYellow;
  return state === 'enabled' ? colours.boldGreen : '';
}

const painted = (text: string, colour: string, normal: string): string =>
  colour === '' ? text : colour + text + normal;

/** States that no preset could change. */
export const WITHOUT_PRESET: ReadonlySet<UnitFileState> = new Set(['alias', 'static', 'generated', 'transient']);

function loadedLine(status: UnitStatus, { colours }: BlockStyle): string {
  const { load, loadError, fileState, preset } = status;
  const { normal } = colours;
  const bad = load === 'error' || load === 'not-found' || load === 'bad-setting';
  const word = painted(load, bad ? colours.boldRed : '', normal);
  if (loadError !== undefined) return `     Loaded: ${word} (Reason: ${loadError.message})\n`;
  const path = status.source || status.fragment;
  if (path === '') return `     Loaded: ${word}\n`;
  if (fileState === '') return `     Loaded: ${word} (${path})\n`;
  const shown = painted(fileState, enabledColour(fileState, colours), normal);
  const wanted =
    !WITHOUT_PRESET.has(fileState) && preset !== ''
      ? `; preset: ${painted(preset, enabledColour(preset, colours), normal)}`
      : '';
  return `     Loaded: ${word} (${path}; ${shown}${wanted})\n`;
}

function dropInLines(paths: readonly string[], glyphs: Glyphs): string {
  let out = '';
  let folder = '';
  let names: string[] = [];
  const flush = () => {
    if (names.length === 0) return;
    out += `${out === '' ? '    Drop-In: ' : MARGIN}${folder}\n${MARGIN}${glyphs.last}${names.join(', ')}\n`;
    names = [];
  };
  for (const path of paths) {
    const slash = path.lastIndexOf('/');
    if (path.slice(0, slash) !== folder) flush();
    folder = path.slice(0, slash);
    names.push(path.slice(slash + 1));
  }
  flush();
  return out;
}

function sinceMs(status: UnitStatus): number {
  switch (status.active) {
    case 'active':
    case 'reloading':
      return status.activeEnterMs;
    case 'inactive':
    case 'failed':
      return status.inactiveEnterMs;
    case 'activating':
      return status.inactiveExitMs;
    default:
      return status.activeExitMs;
  }
}

function moment(ms: number, style: BlockStyle): string {
  const when = styledTimestamp(ms, style.timestamp, style.zone);
  return `${when}; ${formatRelative(Math.floor(ms * 1000), style.nowUsec)}`;
}

function activeLines(status: UnitStatus, style: BlockStyle): string {
  const { colours } = style;
  const { active, sub, result, id } = status;
  const state = active === sub ? active : `${active} (${sub})`;
  let out = `     Active: ${painted(state, stateColour(active, colours), colours.normal)}`;
  if (status.frozen) out += ` ${painted('(frozen)', colours.boldYellow, colours.normal)}`;
  if (result !== 'success') out += ` (Result: ${result})`;
  const since = sinceMs(status);
  if (since <= 0) return `${out}\n`;
  out += ` since ${moment(since, style)}\n`;
  const over = active === 'inactive' || active === 'failed';
  if (!over || id.endsWith('.target') || status.activeEnterMs <= 0 || status.activeExitMs < status.activeEnterMs)
    return out;
  const span = status.activeForMs > 0 ? status.activeForMs : status.activeExitMs - status.activeEnterMs;
  return `${out}   Duration: ${formatTimeSpan(Math.floor(span * 1000), USEC_PER_MSEC)}\n`;
}

function triggerLines(status: UnitStatus, style: BlockStyle): string {
  const { glyphs, colours } = style;
  const line = (label: string, unit: string, active: ActiveState, glyph: string) =>
    `${label} ${painted(glyph, stateColour(active, colours), colours.normal)} ${unit}\n`;
  let out = '';
  for (const [i, { unit, active }] of status.triggeredBy.entries())
    out += line(i === 0 ? 'TriggeredBy:' : ' '.repeat(12), unit, active, stateGlyph(active, glyphs));
  if (status.type === 'timer') {
    const next = status.nextElapseMs ?? 0;
    out += `    Trigger: ${next > 0 ? moment(next, style) : 'n/a'}\n`;
  }
  for (const [i, { unit, active }] of status.triggers.entries())
    out += line(i === 0 ? '   Triggers:' : ' '.repeat(12), unit, active, glyphs.blackCircle);
  return out;
}

function conditionLines(status: UnitStatus, style: BlockStyle): string {
  const { colours, glyphs } = style;
  let out = '';
  if (status.condition === 'no' && status.conditionAtMs > 0) {
    const what = painted('condition unmet', colours.boldYellow, colours.normal);
    out += `  Condition: start ${what} at ${moment(status.conditionAtMs, style)}\n`;
    for (const [i, text] of status.unmet.entries())
      out += `${MARGIN}${i === status.unmet.length - 1 ? glyphs.last : glyphs.branch} ${text} was not met\n`;
  }
  if (status.assert === 'no' && status.assertAtMs > 0) {
    const what = painted('assertion failed', colours.boldRed, colours.normal);
    out += `     Assert: start ${what} at ${moment(status.assertAtMs, style)}\n`;
    for (const text of status.unmet.filter((each) => each.startsWith('Assert')))
      out += `${MARGIN}${text} was not met\n`;
  }
  return out;
}

/** `Docs:` and `Listen:`, right-aligned before each first line. */
function labelled(label: string, lines: readonly string[]): string {
  return lines.map((text, i) => `   ${(i === 0 ? label : '').padStart(9)} ${text}\n`).join('');
}

function exitText(command: Pick<EndedCommand, 'code' | 'status'>): string {
  if (command.code !== 'exited') return `code=${command.code}, signal=${signalName(command.status)}`;
  const name = exitStatusNameShort(command.status);
  return `code=exited, status=${command.status}${name === null ? '' : `/${name}`}`;
}

const CLEAN_SIGNALS: ReadonlySet<number> = new Set([1, 2, 13, 15]);
function isClean({ code, status }: EndedCommand): boolean {
  return code === 'exited' ? status === 0 : code === 'killed' && CLEAN_SIGNALS.has(status);
}

function processLines(status: UnitStatus, { colours }: BlockStyle): string {
  return status.ended
    .map((command) => {
      const colour = isClean(command) ? '' : command.ignoreFailure ? colours.boldYellow : colours.boldRed;
      const how = painted(`(${exitText(command)})`, colour, colours.normal);
      return `    Process: ${command.pid} ${command.kind}=${command.argv.join(' ')} ${how}\n`;
    })
    .join('');
}

function pidLine(status: UnitStatus, style: BlockStyle): string {
  const { mainPid, lastMain } = status;
  const controlPid = status.ended.some(({ pid }) => pid === status.controlPid) ? 0 : status.controlPid;
  const named = (pid: number) => {
    const name = style.nameOf(pid);
    return name === '' ? `${pid}` : `${pid} (${name})`;
  };
  const main = mainPid > 0 ? named(mainPid) : lastMain === undefined ? '' : `${lastMain.pid} (${exitText(lastMain)})`;
  if (main === '' && controlPid <= 0) return '';
  if (main === '') return `  Cntrl PID: ${named(controlPid)}\n`;
  return `   Main PID: ${main}${controlPid > 0 ? `; Control PID: ${named(controlPid)}` : ''}\n`;
}

/** What the kernel's limits leave of the memory, when there is a limit. */
function available(status: UnitStatus): number | undefined {
  const limits = [status.memoryHigh, status.memoryMax].filter((limit) => limit !== undefined);
  if (limits.length === 0 || status.memory === undefined) return undefined;
  return Math.max(0, Math.min(...limits) - status.memory);
}

function memoryLine(status: UnitStatus): string {
  if (status.memory === undefined) return '';
  const parts: string[] = [];
  const add = (label: string, size: number | undefined) => {
    if (size !== undefined) parts.push(`${label}: ${formatBytes(size)}`);
  };
  add('min', status.memoryMin || undefined);
  add('low', status.memoryLow || undefined);
  add('high', status.memoryHigh);
  add('max', status.memoryMax);
  add('swap max', status.memorySwapMax);
  add('available', available(status));
  add('peak', status.memoryPeak);
  if (status.memorySwapPeak) {
    add('swap', status.memorySwap ?? 0);
    add('swap peak', status.memorySwapPeak);
  }
  return `     Memory: ${formatBytes(status.memory)}${parts.length === 0 ? '' : ` (${parts.join(' ')})`}\n`;
}

function resourceLines(status: UnitStatus): string {
  const { tasks, tasksMax, cpuNsec } = status;
  let out = '';
  if (tasks !== undefined) out += `      Tasks: ${tasks}${tasksMax === undefined ? '' : ` (limit: ${tasksMax})`}\n`;
  out += memoryLine(status);
  if (cpuNsec !== undefined) out += `        CPU: ${formatTimeSpan(Math.floor(cpuNsec / 1000), USEC_PER_MSEC)}\n`;
  return out;
}

const refused = ({ refused: count = 0 }: UnitStatus): string => (count > 0 ? `   Refused: ${count}` : '');

/** The block up to `CGroup:`. */
export function statusBlock(status: UnitStatus, style: BlockStyle): string {
  const { colours, glyphs } = style;
  const { active, id, description } = status;
  const mark = painted(stateGlyph(active, glyphs), stateColour(active, colours), colours.normal);
  const title = description === '' || description === id ? id : `${id} - ${description}`;
  let out = `${mark} ${title}\n${loadedLine(status, style)}`;
  if (status.transient) out += '  Transient: yes\n';
  out += dropInLines(status.dropIns, glyphs) + activeLines(status, style) + triggerLines(status, style);
  out += conditionLines(status, style);
  if (status.where !== undefined) out += `      Where: ${status.where}\n`;
  if (status.what !== undefined) out += `       What: ${status.what}\n`;
  out += labelled('Docs:', status.documentation) + labelled('Listen:', status.listen);
  if (status.accepted !== undefined)
    out += `   Accepted: ${status.accepted}; Connected: ${status.connections ?? 0};${refused(status)}\n`;
  out += processLines(status, style) + pidLine(status, style);
  if (status.statusText !== '') {
    out += `     Status: "${painted(status.statusText, colours.boldCyan, colours.normal)}"\n`;
  }
  if (status.statusErrno > 0) out += `      Error: ${status.statusErrno} (${errnoText(status.statusErrno)})\n`;
  out += resourceLines(status);
  return status.cgroup === '' ? out : `${out}     CGroup: ${status.cgroup}\n`;
}
