/** hostnamectl, from files alone: there is no hostnamed to ask. Texts: systemd 255. */
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { UNICODE } from '../text/glyphs.ts';
import { type Asked, runVerbProgram, type SmallVerb } from '../verb-program.ts';
import { bootId } from './id128.ts';
import { change, facts, readSettings, textOf, writeSettings } from './settings-file.ts';

const STATIC = '/etc/hostname';
const KERNEL = '/proc/sys/kernel/hostname';
const INFO = '/etc/machine-info';
/** The kernel's own limit (HOST_NAME_MAX). */
const NAME_MAX = 64;
const LABELS = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x86-64', aarch64: 'arm64' };

function status(program: Program): number {
  const own = textOf(program, STATIC);
  const transient = program.sys.hostname();
  const info = readSettings(program, INFO);
  const rows: [string, string][] = [['Static hostname', own === '' ? '(unset)' : own]];
  const add = (label: string, value: string) => {
    if (value !== '') rows.push([label, value]);
  };
  add('Pretty hostname', info.get('PRETTY_HOSTNAME') ?? '');
  if (transient !== own) add('Transient hostname', transient);
  add('Icon name', info.get('ICON_NAME') ?? 'computer-vm');
  const chassis = info.get('CHASSIS') ?? 'vm';
  add('Chassis', chassis === 'vm' && program.glyphs === UNICODE ? 'vm 🖴' : chassis);
  add('Deployment', info.get('DEPLOYMENT') ?? '');
  add('Location', info.get('LOCATION') ?? '');
  add('Machine ID', textOf(program, '/etc/machine-id'));
  add('Boot ID', bootId(program));
  add('Virtualization', 'qemu');
  add('Operating System', readSettings(program, '/etc/os-release').get('PRETTY_NAME') ?? '');
  add('Kernel', `Linux ${textOf(program, '/proc/sys/kernel/osrelease')}`);
  const machine = textOf(program, '/proc/sys/kernel/arch');
  add('Architecture', ARCHITECTURES[machine] ?? machine);
  program.out(facts(rows));
  return 0;
}

function setNames(program: Program, name: string, asked: Asked): number {
  const all = !asked.has('static') && !asked.has('transient') && !asked.has('pretty');
  if (name !== '' && !asked.has('pretty') && (name.length > NAME_MAX || !LABELS.test(name)))
    throw new UsageError(`Could not set static hostname: Invalid static hostname '${name}'`);
  const { sys } = program;
  const bytes = sys.encode(`${name}\n`);
  return change('Could not set static hostname', () => {
    if (asked.has('pretty')) setInfo(program, 'PRETTY_HOSTNAME', name);
    if (all || asked.has('static')) {
      if (name === '') sys.unlink(STATIC);
      else sys.writeFileAtomic(STATIC, bytes, { mode: 0o644 });
    }
    if (all || asked.has('transient')) setKernelName(program, name);
  });
}

/** The kernel's file takes the name in one write, as sethostname(2) would. */
function setKernelName({ sys }: Program, name: string): void {
  const WRITE_ONLY = 1;
  const fd = sys.open(KERNEL, WRITE_ONLY);
  sys.write(fd, sys.encode(name === '' ? 'localhost' : name.replace(/\.$/, '')));
  sys.close(fd);
}

function setInfo(program: Program, setting: string, value: string): void {
  const info = readSettings(program, INFO);
  info.set(setting, value);
  writeSettings(program, INFO, info);
}

function name(program: Program, words: readonly string[], asked: Asked): number {
  const [wanted] = words;
  if (wanted !== undefined) return setNames(program, wanted, asked);
  const pretty = readSettings(program, INFO).get('PRETTY_HOSTNAME') ?? '';
  const own = textOf(program, STATIC);
  const now = program.sys.hostname();
  const told = asked.has('pretty') ? pretty : asked.has('static') ? own : now;
  program.out(`${told}\n`);
  return 0;
}

const infoVerb = (setting: string, standard: string, what: string): SmallVerb => ({
  min: 0,
  max: 1,
  run: (program, [wanted]) => {
    if (wanted !== undefined) return change(`Could not set ${what}`, () => setInfo(program, setting, wanted));
    program.out(`${readSettings(program, INFO).get(setting) ?? standard}\n`);
    return 0;
  },
});

const VERBS: Readonly<Record<string, SmallVerb>> = {
  status: { min: 0, max: 0, run: status },
  hostname: { min: 0, max: 1, run: name },
  'set-hostname': { min: 1, max: 1, run: name },
  'icon-name': infoVerb('ICON_NAME', 'computer-vm', 'icon name'),
  chassis: infoVerb('CHASSIS', 'vm', 'chassis'),
  deployment: infoVerb('DEPLOYMENT', '', 'deployment'),
  location: infoVerb('LOCATION', '', 'location'),
};

export const hostnamectl = (program: Program): number =>
  runVerbProgram(program, {
    about: 'Query or change system hostname.',
    standard: 'status',
    options: [{ long: 'transient' }, { long: 'static' }, { long: 'pretty' }, { long: 'no-ask-password' }],
    verbs: VERBS,
  });
