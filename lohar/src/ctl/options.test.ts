import assert from 'node:assert/strict';
import test from 'node:test';
import { type OptionSpec, parseOptions } from './options.ts';

const specs: OptionSpec[] = [
  { long: 'all', short: 'a' },
  { long: 'quiet', short: 'q' },
  { long: 'unit', short: 'u', argument: 'required' },
  { long: 'output', short: 'o', argument: 'required' },
  { long: 'output-fields', argument: 'required' },
  { long: 'lines', short: 'n', argument: 'optional' },
  { long: 'no-pager' },
  { long: 'no-full' },
];
function run(line: string): string {
  const seen: string[] = [];
  const operands = parseOptions('prog', line === '' ? [] : line.split(' '), specs, (long, value) => {
    seen.push(value === undefined ? long : `${long}=${value}`);
  });
  return `${seen.join(' ')} | ${operands.join(' ')}`;
}
const rows: [line: string, result: string][] = [
  ['', ' | '],
  ['a b', ' | a b'],
  ['--all x --quiet', 'all quiet | x'],
  ['-aq', 'all quiet | '],
  ['-qu nginx', 'quiet unit=nginx | '],
  ['-unginx', 'unit=nginx | '],
  ['-n5 -n', 'lines=5 lines | '],
  ['-n 5', 'lines | 5'],
  ['--lines=5 --lines 6', 'lines=5 lines | 6'],
  ['--unit=a --unit b', 'unit=a unit=b | '],
  ['--unit=', 'unit= | '],
  ['--output=x', 'output=x | '],
  ['--output-f=x', 'output-fields=x | '],
  ['--qui', 'quiet | '],
  ['-- -a --all', ' | -a --all'],
  ['- a', ' | - a'],
  ['-u -a', 'unit=-a | '],
];
for (const [line, result] of rows) test(line, () => assert.equal(run(line), result));

const errors: [line: string, message: string][] = [
  ['--bogus', "prog: unrecognized option '--bogus'"],
  ['-I', "prog: invalid option -- 'I'"],
  ['-aI', "prog: invalid option -- 'I'"],
  ['--output', "prog: option '--output' requires an argument"],
  ['-o', "prog: option requires an argument -- 'o'"],
  ['--all=x', "prog: option '--all' doesn't allow an argument"],
  ['--no', "prog: option '--no' is ambiguous; possibilities: '--no-pager' '--no-full'"],
  ['--out x', "prog: option '--out' is ambiguous; possibilities: '--output' '--output-fields'"],
];
for (const [line, message] of errors)
  test(`refused: ${line}`, () => assert.throws(() => run(line), { name: 'UsageError', message }));

test('a handler may take the next word', () => {
  const seen: (string | undefined)[] = [];
  const operands = parseOptions('prog', ['-n', '7', 'x'], specs, (_long, _value, following) => {
    seen.push(following.next);
    following.take();
  });
  assert.deepEqual([seen, operands], [['7'], ['x']]);
});
