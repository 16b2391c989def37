/** systemd-cgls: control groups and their processes as a tree. Texts: systemd 255. */
import { ask } from '../control-client.ts';
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { drawProcesses, readProcesses } from '../systemctl/process-tree.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const SPECS = [
  { long: 'help', short: 'h' },
  { long: 'version' },
  { long: 'no-pager' },
  { long: 'all', short: 'a' },
  { long: 'full', short: 'l' },
  { long: 'unit', short: 'u', argument: 'required' },
] as const;
const CGROUPS = '/sys/fs/cgroup';

const HELP = `systemd-cgls [OPTIONS...] [CGROUP...]

Recursively show control group contents.

  -h --help           Show this help
     --version        Show package version
     --no-pager       Do not pipe output into a pager
  -a --all            Show all groups, including empty
  -u --unit=UNIT      Show the subtrees of specified system units
  -l --full           Do not ellipsize output

See the systemd-cgls(1) man page for details.
`;

export function cgls(program: Program): number {
  const asked = new Set<string>();
  const units: string[] = [];
  const groups = parseOptions(program.name, program.argv, SPECS, (option, value = '') => {
    asked.add(option);
    if (option === 'unit') units.push(value);
  });
  if (asked.has('help') || asked.has('version')) {
    program.out(asked.has('help') ? HELP : VERSION_TEXT);
    return 0;
  }
  const columns = asked.has('full') || !program.isTerminal(1) ? 0 : program.columns;
  for (const unit of units) {
    const group = groupOfUnit(program, unit);
    program.out(`Unit ${unit} (${group}):\n`);
    draw(program, group, columns);
  }
  const wanted = groups.length + units.length === 0 ? ['/'] : groups;
  for (const group of wanted) {
    const path = group.startsWith(CGROUPS) ? group.slice(CGROUPS.length) || '/' : group.replace(/^\/?/, '/');
    program.out(path === '/' ? 'CGroup /:\n-.slice\n' : `CGroup ${path}:\n`);
    draw(program, path, columns);
  }
  return 0;
}

function draw(program: Program, path: string, columns: number): void {
  const tree = readProcesses(program.sys, path);
  const { glyphs, colours } = program;
  if (tree !== null) program.out(drawProcesses(tree, '', { glyphs, colours, columns }));
}

/** @throws UsageError when the unit has no group */
function groupOfUnit({ sys }: Program, unit: string): string {
  let group = '';
  for (const reply of ask(sys, { verb: 'show', names: [unit], properties: ['ControlGroup'], valueOnly: true }))
    if (reply.is === 'properties') group = reply.text.map(String).join('').trim();
  if (group === '') throw new UsageError(`Failed to query unit control group path: Unit ${unit} not loaded.`);
  return group;
}
