/** Commands of journalctl that print something else than entries, or ask PID 1 to do something. */

import type { Request } from '../../control/protocol.ts';
import { listBoots } from '../../journal/boots.ts';
import type { Entry } from '../../journal/entry.ts';
import { FileReader } from '../../journal/file-reader.ts';
import { listFiles, OpenFile } from '../../journal/folder.ts';
import { Filter } from '../../journal/query.ts';
import { select } from '../../journal/selection.ts';
import { USEC_PER_MSEC } from '../../unit/value/time-span.ts';
import { ask, NoManager } from '../control-client.ts';
import type { Program } from '../program.ts';
import { formatBytes } from '../text/byte-size.ts';
import { cell, formatTable, right } from '../text/table.ts';
import { formatTimestamp } from '../text/timestamp.ts';
import { UTC } from '../text/zone.ts';
import type { Settings } from './settings.ts';

const EVERYTHING = new Filter({});

export function diskUsage(program: Program, folder: string): number {
  const files = listFiles(program.sys, folder);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  program.out(`Archived and active journals take up ${formatBytes(bytes)} in the file system.\n`);
  return 0;
}

function edgeOf(entries: Generator<Entry>): number {
  for (const entry of entries) return entry.realtimeUs;
  return 0;
}

export function printBoots(program: Program, settings: Settings, folder: string): number {
  const { sys, colours } = program;
  const boots = listBoots(sys, folder);
  if (boots.length === 0) return 0;
  const zone = settings.utc ? UTC : program.zone;
  const rows = boots.map((boot, i) => {
    const range = { fromSeq: boot.firstSeq, ...(boot.lastSeq === undefined ? {} : { toSeq: boot.lastSeq }) };
    const first = edgeOf(select(sys, folder, EVERYTHING, range));
    const last = edgeOf(select(sys, folder, EVERYTHING, range, 'backward'));
    const moments = [formatTimestamp(first, zone), formatTimestamp(last, zone)];
    return { index: i - boots.length + 1, id: boot.id, first, last, moments };
  });
  if (settings.reverse) rows.reverse();
  if (settings.output.startsWith('json')) {
    const objects = rows.map((row) => ({
      index: row.index,
      boot_id: row.id,
      first_entry: row.first,
      last_entry: row.last,
    }));
    program.out(`${JSON.stringify(objects)}\n`);
    return 0;
  }
  const header = [right('IDX'), cell('BOOT ID'), cell('FIRST ENTRY'), cell('LAST ENTRY')];
  const cells = rows.map((row) => [right(String(row.index)), cell(row.id), ...row.moments.map(cell)]);
  program.out(formatTable(header, cells, { header: !settings.quiet, colours }));
  return 0;
}

/** `-F FIELD`: each value once; `-N`: each name once. */
export function printFields(program: Program, settings: Settings, folder: string, filter: Filter): number {
  const seen = new Set<string>();
  const names = settings.action === 'list-field-names';
  for (const entry of select(program.sys, folder, filter)) {
    const found = names ? entry.fields().map(([name]) => name) : entry.all(settings.field);
    for (const text of found) {
      if (seen.has(text)) continue;
      seen.add(text);
      program.out(`${text}\n`);
    }
  }
  return 0;
}

export function printHeader(program: Program, folder: string): number {
  const files = listFiles(program.sys, folder);
  const blocks = files.map((file) => {
    const state = file.archivedFrom === undefined ? 'ONLINE' : 'ARCHIVED';
    return `File path: ${folder}/${file.name}\nState: ${state}\nDisk usage: ${formatBytes(file.size)}\n`;
  });
  program.out(blocks.join('\n'));
  return 0;
}

/** `--verify`: every line of every file is a message, a context or a comment. */
export function verify(program: Program, folder: string): number {
  let code = 0;
  for (const { name } of listFiles(program.sys, folder)) {
    const file = new OpenFile(program.sys, `${folder}/${name}`);
    const bad = new FileReader(file).badLines();
    file.close();
    program.err(bad === 0 ? `PASS: ${folder}/${name}` : `FAIL: ${folder}/${name} (${bad} lines that are no entries)`);
    if (bad > 0) code = 1;
  }
  return code;
}

/** --rotate, --flush, --sync, --vacuum-*: PID 1 writes the files, so PID 1 does it. */
export function maintain(program: Program, settings: Settings, folder: string): number {
  const requests: Request[] = [];
  const { action, vacuumBytes, vacuumUsec } = settings;
  if (action === 'rotate' || action === 'rotate-and-vacuum') requests.push({ verb: 'journal', op: 'rotate' });
  if (action === 'flush' || action === 'sync') requests.push({ verb: 'journal', op: action });
  if (action === 'vacuum' || action === 'rotate-and-vacuum') {
    requests.push({
      verb: 'journal',
      op: 'vacuum',
      ...(vacuumBytes === undefined ? {} : { sizeBytes: vacuumBytes }),
      ...(vacuumUsec === undefined
        ? {}
        : { olderThanMs: Math.floor((program.nowUsec() - vacuumUsec) / USEC_PER_MSEC) }),
    });
  }
  try {
    for (const request of requests) {
      const code = perform(program, settings, folder, request);
      if (code !== 0) return code;
    }
  } catch (error) {
    if (!(error instanceof NoManager)) throw error;
    program.err(`Failed to connect to the journal: ${error.message}`);
    return 1;
  }
  return 0;
}

function perform(program: Program, settings: Settings, folder: string, request: Request): number {
  for (const reply of ask(program.sys, request)) {
    if (reply.is === 'error') {
      program.err(`Failed to ${settings.action} journal: ${reply.error.message}`);
      return 1;
    }
    if (reply.is !== 'journal' || request.verb !== 'journal' || request.op !== 'vacuum' || settings.quiet) continue;
    for (const file of reply.deleted)
      program.err(`Deleted archived journal ${file.path} (${formatBytes(file.sizeBytes)}).`);
    program.err(`Vacuuming done, freed ${formatBytes(reply.freedBytes)} of archived journals from ${folder}.`);
  }
  return 0;
}
