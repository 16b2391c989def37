/** systemd-machine-id-setup: gives a root without a machine id one. Facts: systemd-machine-id-setup(1). */
import { parseOptions } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { randomId } from './id128.ts';
import { change, textOf } from './settings-file.ts';

const SPECS = [
  { long: 'version' },
  { long: 'root', argument: 'required' },
  { long: 'commit' },
  { long: 'print' },
] as const;
const ID = /^[0-9a-f]{32}$/;

export function machineIdSetup(program: Program): number {
  const asked = new Set<string>();
  let root = '';
  parseOptions(program.name, program.argv, SPECS, (option, value = '') => {
    asked.add(option);
    if (option === 'root') root = value.replace(/\/+$/, '');
  });
  if (asked.has('version')) {
    program.out(VERSION_TEXT);
    return 0;
  }
  const path = `${root}/etc/machine-id`;
  let id = textOf(program, path);
  if (!ID.test(id)) {
    id = adopted(program, root);
    const { sys } = program;
    change(`Cannot write ${path}`, () => sys.writeFileAtomic(path, sys.encode(`${id}\n`), { mode: 0o444 }));
  }
  if (asked.has('print')) program.out(`${id}\n`);
  return 0;
}

/** The id that D-Bus has already, or a new one. */
function adopted(program: Program, root: string): string {
  const known = textOf(program, `${root}/var/lib/dbus/machine-id`);
  const from = ID.test(known) ? 'D-Bus machine ID' : 'random generator';
  program.err(`Initializing machine ID from ${from}.`);
  return ID.test(known) ? known : randomId(program);
}
