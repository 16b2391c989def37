import assert from 'node:assert/strict';
import test from 'node:test';
import { UTC } from '../text/zone.ts';
import { parseSettings } from './parse-settings.ts';
import { initialSettings, type Settings } from './settings.ts';

const usec = 1_795_442_905_525_408;
const now = { nowUsec: () => usec, zone: UTC };
const parse = (...argv: string[]) => parseSettings(argv, now);
const here = { id: '', offset: 0 };
const id = '3f596113cb9649aa9360fdc4613e8b1c';

const rows: [argv: string[], settings: Partial<Settings>][] = [
  [[], {}],
  [['-xeu', 'nginx'], { catalog: true, pagerEnd: true, lines: 1000, units: ['nginx'] }],
  [['-u', 'a', '-u', 'b*'], { units: ['a', 'b*'] }],
  [['-n', '5'], { lines: 5 }],
  [['-n5'], { lines: 5 }],
  [['-n'], { lines: 10 }],
  [['-n', 'abc'], { lines: 10, matches: ['abc'] }],
  [['-n', 'all'], { lines: 'all' }],
  [['-n', '+3'], { lines: 3, oldest: true }],
  [['-f'], { follow: true, lines: 10, boot: here }],
  [['-f', '--no-tail'], { follow: true, noTail: true, lines: 'all', boot: here }],
  [['-b'], { boot: here }],
  [['-b', '-1'], { boot: { id: '', offset: -1 } }],
  [['-b', 'x=1'], { boot: here, matches: ['x=1'] }],
  [['-b', 'all'], {}],
  [[`--boot=${id}-2`], { boot: { id, offset: -2 } }],
  [['-k'], { kernel: true, boot: here }],
  [['-p', 'err'], { priorities: new Set([0, 1, 2, 3]) }],
  [['-p', 'warning..err'], { priorities: new Set([3, 4]) }],
  [['-p', '2'], { priorities: new Set([0, 1, 2]) }],
  [['--facility=daemon,cron'], { facilities: new Set([3, 9]) }],
  [['-o', 'json'], { output: 'json', quiet: true }],
  [['--output=short-iso'], { output: 'short-iso' }],
  [['--since', 'today', '--until=now'], { sinceUs: 1_795_392_000_000_000, untilUs: usec }],
  [['-t', 'a', '-t', 'b'], { identifiers: ['a', 'b'] }],
  [['-F', '_COMM'], { action: 'list-field-values', field: '_COMM' }],
  [['--vacuum-size=1M'], { action: 'vacuum', vacuumBytes: 1_048_576 }],
  [['--rotate', '--vacuum-time=1s'], { action: 'rotate-and-vacuum', vacuumUsec: 1_000_000 }],
  [['--output-fields=A,B'], { outputFields: new Set(['A', 'B']) }],
  [['--list-boots'], { action: 'list-boots' }],
];
for (const [argv, settings] of rows)
  test(argv.join(' '), () => assert.deepEqual(parse(...argv), { ...initialSettings(), ...settings }));

test('--grep ignores case unless there is a capital letter, and comes from the end with -n', () => {
  assert.equal(parse('-g', 'zz').grep?.flags, 'iu');
  assert.equal(parse('-g', 'Zz').grep?.flags, 'u');
  assert.equal(parse('-g', 'zz', '--case-sensitive').grep?.flags, 'u');
  assert.equal(parse('-g', 'Zz', '--case-sensitive=no').grep?.flags, 'iu');
  assert.equal(parse('-g', 'zz', '-n', '3').reverse, true);
});

const errors: [argv: string[], message: string][] = [
  [['--since', 'bogus'], 'Failed to parse timestamp: bogus'],
  [['-o', 'bogus'], "Unknown output format 'bogus'."],
  [['--bogus'], "journalctl: unrecognized option '--bogus'"],
  [['-I'], "journalctl: invalid option -- 'I'"],
  [['-p', 'bogus'], 'Unknown log level bogus'],
  [['-p', 'a..b'], 'Failed to parse log level range a..b'],
  [['--lines=abc'], "Failed to parse --lines='abc'."],
  [['--boot=abc'], "Failed to parse boot descriptor 'abc'"],
  [['-f', '-r'], 'Please specify either --reverse or --follow, not both.'],
  [['--since=now', '--until=today'], '--since= must be before --until=.'],
  [['--rotate', 'x'], "Extraneous arguments starting with 'x'"],
  [['--facility=bogus'], 'Bad --facility= argument "bogus".'],
  [['-n', '+3', '-r'], '--lines=+N is unsupported when --reverse or --follow is specified.'],
];
for (const [argv, message] of errors)
  test(`refused: ${argv.join(' ')}`, () => assert.throws(() => parse(...argv), { name: 'UsageError', message }));
