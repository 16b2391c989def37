/** systemd-id128: ids of 128 bits. Texts: systemd 255. */
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { type Asked, runVerbProgram, type SmallVerb } from '../verb-program.ts';
import { textOf } from './settings-file.ts';

const ID_SIZE = 16;
const ID = /^[0-9a-f]{32}$/;

export const asUuid = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** A random id, of version 4 as systemd makes them. */
export function randomId({ sys }: Pick<Program, 'sys'>): string {
  const bytes = sys.random(ID_SIZE);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const bootId = (program: Program): string =>
  textOf(program, '/proc/sys/kernel/random/boot_id').replaceAll('-', '');

function sample(id: string): string {
  const bytes = (id.match(/../g) ?? []).join(',');
  return `As string:
${id}

As UUID:
${asUuid(id)}

As sd-id128(3) macro:
#define XYZ SD_ID128_MAKE(${bytes})

As Python constant:
>>> import uuid
>>> XYZ = uuid.UUID('${id}')
`;
}

function print(program: Program, id: string, what: string, asked: Asked): number {
  if (asked.has('app-specific')) throw new UsageError('--app-specific= is not supported.');
  if (!ID.test(id)) throw new UsageError(`Failed to get ${what}-ID: No such file or directory`);
  if (asked.has('pretty')) program.out(sample(id));
  else program.out(`${asked.has('uuid') ? asUuid(id) : id}\n`);
  return 0;
}

const verb = (what: string, read: (program: Program) => string): SmallVerb => ({
  min: 0,
  max: 0,
  run: (program, _words, asked) => print(program, read(program), what, asked),
});

/** Names of partition types are not known here; an id is shown as the one that was given. */
function show(program: Program, words: readonly string[], asked: Asked): number {
  const ids = words.map((word) => {
    const id = word.toLowerCase().replaceAll('-', '');
    if (!ID.test(id)) throw new UsageError(`Unknown identifier "${word}".`);
    return id;
  });
  if (ids.length === 0) return 0;
  const spelled = ids.map((id) => (asked.has('uuid') ? asUuid(id) : id));
  if (asked.has('pretty')) program.out(ids.map(sample).join('\n'));
  else if (asked.has('value')) program.out(spelled.map((id) => `${id}\n`).join(''));
  else
    program.out(
      `NAME ${'ID'.padEnd(spelled[0]?.length ?? 0).trimEnd()}\n${spelled.map((id) => `XYZ  ${id}\n`).join('')}`,
    );
  return 0;
}

export const id128 = (program: Program): number =>
  runVerbProgram(program, {
    about: 'Generate and print 128-bit identifiers.',
    standard: null,
    options: [
      { long: 'pretty', short: 'p' },
      { long: 'value', short: 'P' },
      { long: 'app-specific', short: 'a', argument: 'required' },
      { long: 'uuid', short: 'u' },
    ],
    verbs: {
      new: verb('new', randomId),
      'machine-id': verb('machine', (program) => textOf(program, '/etc/machine-id')),
      'boot-id': verb('boot', bootId),
      'invocation-id': verb('invocation', ({ env }) => env.get('INVOCATION_ID') ?? ''),
      show: { min: 0, max: Number.POSITIVE_INFINITY, run: show },
    },
  });
