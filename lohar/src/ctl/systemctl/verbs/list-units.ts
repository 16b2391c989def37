/** list-units and list-unit-files. */
import type { UnitFileRow, UnitRow } from '../../../control/protocol.ts';
import { typeOfName } from '../../../unit/name.ts';
import type { Palette } from '../../text/colour.ts';
import { type Cell, cell, formatTable } from '../../text/table.ts';
import { jsonTable } from '../json-table.ts';
import { type Ctl, exitOf, replies, type Verb } from '../manager.ts';
import { hasLegend } from '../settings.ts';
import { WITHOUT_PRESET } from '../status-block.ts';

const BAD_LOAD: ReadonlySet<string> = new Set(['error', 'not-found', 'bad-setting', 'masked']);

/** By type, then by name without regard to case, as systemd sorts units. */
export function compareUnits(a: string, b: string): number {
  const [typeA, typeB] = [typeOfName(a) ?? '', typeOfName(b) ?? ''];
  if (typeA !== typeB) return typeA < typeB ? -1 : 1;
  const [lowA, lowB] = [a.toLowerCase(), b.toLowerCase()];
  return lowA < lowB ? -1 : lowA > lowB ? 1 : 0;
}

function rowCells(row: UnitRow, mark: string, colours: Palette, plain: boolean): Cell[] {
  const badLoad = BAD_LOAD.has(row.load) && !plain;
  const failed = !badLoad && row.active === 'failed' && !plain;
  const circle = badLoad ? colours.boldYellow : failed ? colours.boldRed : '';
  const load = badLoad ? colours.boldRed : '';
  const active = failed ? colours.boldRed : '';
  return [
    { text: badLoad || failed ? mark : ' ', colour: circle },
    { text: row.unit, colour: active },
    { text: row.load, colour: load },
    { text: row.active, colour: active },
    { text: row.sub, colour: active },
    { text: row.job?.type ?? '-' },
    { text: row.description },
  ];
}

function legend({ program, settings }: Ctl, rows: readonly UnitRow[]): string {
  const { grey, normal, bold, boldRed } = program.colours;
  const arrow = program.glyphs.arrow;
  const line = (text: string) => `${grey}${text}${normal}\n`;
  let out = '';
  if (rows.length > 0) {
    out += `\n${line(`Legend: LOAD   ${arrow} Reflects whether the unit definition was properly loaded.`)}`;
    out += line(`        ACTIVE ${arrow} The high-level unit activation state, i.e. generalization of SUB.`);
    out += line(`        SUB    ${arrow} The low-level unit activation state, values depend on unit type.`);
    if (rows.some((row) => row.job !== undefined)) out += line(`        JOB    ${arrow} Pending job for the unit.`);
  }
  const count = `${rows.length} loaded units listed.`;
  const painted = `${rows.length > 0 ? bold : boldRed}${count}${normal}`;
  const files = line("To show all installed unit files use 'systemctl list-unit-files'.");
  if (settings.all || settings.states.includes('inactive')) return `${out}\n${painted}\n${files}`;
  if (settings.states.length > 0) return `${out}\n${count}\n`;
  return `${out}\n${painted} ${grey}Pass --all to see loaded but inactive units, too.${normal}\n${files}`;
}

function printUnits(ctl: Ctl, units: readonly UnitRow[]): void {
  const { program, settings } = ctl;
  const { colours, glyphs } = program;
  const hasJobs = units.some((row) => row.job !== undefined);
  const keep = (cells: Cell[]) => cells.filter((_, i) => (i !== 0 || !settings.plain) && (i !== 5 || hasJobs));
  const names = ['', 'UNIT', 'LOAD', 'ACTIVE', 'SUB', 'JOB', 'DESCRIPTION'];
  const rows = units.map((row) => keep(rowCells(row, glyphs.blackCircle, colours, settings.plain)));
  // The column of the mark has no name; its place is kept in the header.
  const header = keep(names.map((name) => cell(name === '' ? ' ' : name)));
  program.out(formatTable(header, rows, { header: hasLegend(settings), colours }));
  if (hasLegend(settings)) program.out(legend(ctl, units));
}

export const listUnits: Verb = (ctl, patterns) => {
  const { program, settings } = ctl;
  const { types, states, all } = settings;
  for (const reply of replies(ctl, { verb: 'list-units', patterns, types, states, all })) {
    if (reply.is === 'error') {
      program.err(`Failed to list units: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is !== 'units') continue;
    const units = [...reply.units].sort((a, b) => compareUnits(a.unit, b.unit));
    if (!settings.output.startsWith('json')) {
      printUnits(ctl, units);
      continue;
    }
    const names = ['unit', 'load', 'active', 'sub', 'description'];
    program.out(
      jsonTable(
        names,
        units.map((row) => [row.unit, row.load, row.active, row.sub, row.description]),
        settings.output,
      ),
    );
  }
  return 0;
};

function fileColour(row: UnitFileRow, colours: Palette): string {
  if (/^(?:masked|masked-runtime|disabled|bad)$/.test(row.state)) return colours.boldRed;
  return row.state === 'enabled' || row.state === 'alias' ? colours.boldGreen : '';
}

function presetCell(row: UnitFileRow, colours: Palette): Cell {
  if (row.preset === '' || WITHOUT_PRESET.has(row.state)) return { text: '-', colour: colours.grey };
  const colour =
    row.preset === 'enabled' ? colours.boldGreen : row.preset === 'disabled' ? colours.boldRed : colours.boldYellow;
  return { text: row.preset, colour };
}

/** Files are sorted as their rows are: type, then name. @returns exit code: 1 when patterns match nothing */
export function printUnitFiles(ctl: Ctl, files: readonly UnitFileRow[], patterns: readonly string[]): number {
  const { program, settings } = ctl;
  const { colours } = program;
  const sorted = [...files].sort((a, b) => compareUnits(a.file, b.file));
  if (settings.output.startsWith('json')) {
    const cells = sorted.map((row) => [row.file, row.state, WITHOUT_PRESET.has(row.state) ? null : row.preset]);
    program.out(jsonTable(['unit_file', 'state', 'preset'], cells, settings.output));
    return 0;
  }
  const rows = sorted.map((row) => [
    cell(row.file),
    { text: row.state, colour: fileColour(row, colours) },
    presetCell(row, colours),
  ]);
  const header = ['UNIT FILE', 'STATE', 'PRESET'].map(cell);
  program.out(formatTable(header, rows, { header: hasLegend(settings), colours }));
  if (hasLegend(settings)) program.out(`\n${files.length} unit files listed.\n`);
  return patterns.length > 0 && files.length === 0 ? 1 : 0;
}

export const listUnitFiles: Verb = (ctl, patterns) => {
  const { types, states } = ctl.settings;
  for (const reply of replies(ctl, { verb: 'list-unit-files', patterns, types, states })) {
    if (reply.is === 'error') {
      ctl.program.err(`Failed to list unit files: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    if (reply.is === 'unit-files') return printUnitFiles(ctl, reply.files, patterns);
  }
  return 0;
};
