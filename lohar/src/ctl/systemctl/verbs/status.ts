/** status: of units, of pids, of the whole system. */
import type { Reply, Request, UnitStatus } from '../../../control/protocol.ts';
import type { Entry } from '../../../journal/entry.ts';
import { JOURNAL_FOLDER } from '../../../journal/places.ts';
import { Filter } from '../../../journal/query.ts';
import { lastEntries } from '../../../journal/selection.ts';
import type { BusError } from '../../../unit/model.ts';
import { formatEntry } from '../../log-output/format-entry.ts';
import { SYSTEMD_VERSION } from '../../systemd-version.ts';
import { formatRelative } from '../../text/timestamp.ts';
import { type Ctl, EXIT, exitOf, managerFacts, replies, unitFileChanged, type Verb } from '../manager.ts';
import { drawProcesses, readProcesses } from '../process-tree.ts';
import { type BlockStyle, statusBlock } from '../status-block.ts';
import { styledTimestamp } from '../timestamps.ts';

const COMM_MAX = 4096;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const UNIT_MARGIN = ' '.repeat(13);
const SYSTEM_MARGIN = ' '.repeat(11);

/** Lines are cut only for a person at a terminal, and not with -l. */
function isFull({ program, settings }: Ctl): boolean {
  return settings.full || !program.isTerminal(1);
}

function nameOf({ program }: Ctl, pid: number): string {
  try {
    return program.sys.decode(program.sys.readFile(`/proc/${pid}/comm`, COMM_MAX)).trim();
  } catch {
    return '';
  }
}

function styleOf(ctl: Ctl): BlockStyle {
  const { program, settings } = ctl;
  return {
    glyphs: program.glyphs,
    colours: program.colours,
    zone: program.zone,
    nowUsec: program.nowUsec(),
    timestamp: settings.timestamp,
    nameOf: (pid) => nameOf(ctl, pid),
  };
}

function processes(ctl: Ctl, cgroup: string, margin: string): string {
  const { program } = ctl;
  const group = readProcesses(program.sys, cgroup === '' ? '/' : cgroup);
  if (group === null) return '';
  const columns = isFull(ctl) ? 0 : Math.max(program.columns - margin.length, 20);
  return drawProcesses(group, margin, { glyphs: program.glyphs, colours: program.colours, columns });
}

/** The unit's last lines of this boot, and of this run when it runs. */
function lastLines({ program, settings }: Ctl, status: UnitStatus): Entry[] {
  const { sys } = program;
  if (settings.lines === 0) return [];
  try {
    const bootId = sys.decode(sys.readFile(BOOT_ID, COMM_MAX)).trim().replaceAll('-', '');
    const filter = new Filter({ units: [status.id], bootId });
    const range = status.inactiveExitMs > 0 ? { sinceUs: Math.floor(status.inactiveExitMs * 1000) } : {};
    return lastEntries(sys, JOURNAL_FOLDER, filter, range, settings.lines);
  } catch {
    // The journal is not for everybody to read; the rest of the status is.
    return [];
  }
}

function log(ctl: Ctl, status: UnitStatus): string {
  const { program, settings } = ctl;
  const options = {
    format: settings.output,
    all: settings.all,
    full: isFull(ctl),
    columns: program.columns,
    zone: program.zone,
    hostname: true,
    truncateNewline: false,
    colours: program.colours,
  };
  let previous: Entry | undefined;
  let out = '';
  for (const entry of lastLines(ctl, status)) {
    out += formatEntry(entry, options, previous);
    previous = entry;
  }
  return out === '' ? '' : `\n${out}`;
}

function block(ctl: Ctl, status: UnitStatus): string {
  const tree = status.cgroup === '' ? '' : processes(ctl, status.cgroup, UNIT_MARGIN);
  return statusBlock(status, styleOf(ctl)) + tree + log(ctl, status);
}

function systemBlock(ctl: Ctl): string {
  const { program, settings } = ctl;
  const facts = managerFacts(ctl);
  const { colours, glyphs } = program;
  const state = facts.get('SystemState') ?? 'unknown';
  const colour = state === 'degraded' ? colours.boldRed : state === 'running' ? colours.boldGreen : colours.boldYellow;
  const since = Number(facts.get('UserspaceTimestamp') ?? 0);
  const when = styledTimestamp(since, settings.timestamp, program.zone);
  const painted = (text: string) => `${colour}${text}${colours.normal}`;
  return `${painted(glyphs.blackCircle)} ${program.sys.hostname()}
    State: ${painted(state)}
    Units: ${facts.get('NNames') ?? 0} loaded (incl. loaded aliases)
     Jobs: ${facts.get('NJobs') ?? 0} queued
   Failed: ${facts.get('NFailedUnits') ?? 0} units
    Since: ${when}; ${formatRelative(Math.floor(since * 1000), program.nowUsec())}
  systemd: ${facts.get('Version') ?? SYSTEMD_VERSION}
   CGroup: /
${processes(ctl, '/', SYSTEM_MARGIN)}`;
}

/** One after the other, an empty line between. */
class Blocks {
  readonly #ctl: Ctl;
  #any = false;
  code = 0;
  constructor(ctl: Ctl) {
    this.#ctl = ctl;
  }
  add(text: string): void {
    this.#ctl.program.out(this.#any ? `\n${text}` : text);
    this.#any = true;
  }
  fail(code: number): void {
    this.code ||= code;
  }
}

function failure(name: string, error: BusError): string {
  if (error.name === 'NoSuchProcess') return `Failed to open PID ${name}: No such process`;
  if (error.name === 'NoUnitForPID') return `Failed to get unit for PID ${name}: ${error.message}`;
  return `Failed to get properties: ${error.message}`;
}

function show(ctl: Ctl, blocks: Blocks, reply: Exclude<Reply, { is: 'end' | 'escaped' }>): void {
  const { program } = ctl;
  if (reply.is === 'error') {
    program.err(reply.error.message);
    blocks.fail(exitOf(reply.error));
  } else if (reply.is === 'failed') {
    program.err(failure(reply.name, reply.error));
    blocks.fail(EXIT.failure);
  } else if (reply.is === 'status') {
    const { status } = reply;
    if (status.load === 'not-found' && status.active === 'inactive') {
      program.err(`Unit ${status.unit} could not be found.`);
      blocks.fail(EXIT.unknown);
      return;
    }
    if (status.needsReload) program.err(unitFileChanged(status.id));
    blocks.add(block(ctl, status));
    if (status.active !== 'active' && status.active !== 'reloading') blocks.fail(EXIT.notRunning);
  }
}

export const status: Verb = (ctl, names) => {
  const { settings } = ctl;
  const blocks = new Blocks(ctl);
  const filtered = settings.states.length > 0 || settings.types.length > 0;
  if (names.length === 0 && !filtered) blocks.add(systemBlock(ctl));
  if (names.length > 0 || filtered || settings.all) {
    const request: Request = {
      verb: 'status',
      names,
      ...(settings.types.length > 0 ? { types: settings.types } : {}),
      ...(settings.states.length > 0 ? { states: settings.states } : {}),
      ...(settings.all ? { all: true } : {}),
    };
    for (const reply of replies(ctl, request)) show(ctl, blocks, reply);
  }
  return blocks.code;
};

/** help: what a unit names as its documentation; there is no man(1) here, so it is printed. */
export const help: Verb = (ctl, names) => {
  const { program } = ctl;
  let code = 0;
  for (const reply of replies(ctl, { verb: 'status', names })) {
    if (reply.is === 'status' && reply.status.load === 'not-found') {
      program.err(`Unit ${reply.status.unit} could not be found.`);
      code ||= EXIT.failure;
    } else if (reply.is === 'status' && reply.status.documentation.length === 0)
      program.err(`Documentation for ${reply.status.id} not known.`);
    else if (reply.is === 'status')
      program.out(reply.status.documentation.map((page) => `Additional documentation: ${page}\n`).join(''));
    else if (reply.is === 'failed' || reply.is === 'error') {
      program.err(`Failed to get properties: ${reply.error.message}`);
      code ||= EXIT.failure;
    }
  }
  return code;
};
